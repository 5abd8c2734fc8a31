import {
  type BrowserGatewayTarget,
  type ClientTarget,
  type Peer,
  readTarget,
  type ServerData,
} from "../../protocol/newt/index.js";

/** A site's place at an exit node (PROTOCOLS A13). */
export interface Place {
  /** `host:port` of the exit node's WireGuard. */
  readonly endpoint: string;
  /** UDP port there for clients that cannot reach the site itself. */
  readonly relayPort: number;
  /** The exit node's, base64. */
  readonly publicKey: string;
  /** Of the exit node and of the site within the tunnel, without prefix. */
  readonly serverIP: string;
  readonly tunnelIP: string;
}

/** Where the site listens in the tunnel, and what it forwards to as `host:port`. */
export type Forwards = ReadonlyMap<number, string>;

/** What a site is to do in its tunnel, as it was told. Never changed: a change is another state. */
export interface TunnelState {
  /** Undefined: there is no tunnel. */
  readonly place: Place | undefined;
  readonly tcp: Forwards;
  readonly udp: Forwards;
  /** What browsers reach as a terminal or a desktop, by id. */
  readonly browserGateway: ReadonlyMap<number, BrowserGatewayTarget>;
  /** Networks behind the exit node that are let in. */
  readonly subnets: ReadonlySet<string>;
  /** The site's address for clients, with its prefix. */
  readonly clientAddress: string | undefined;
  /** Clients by public key. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** What clients may reach: each way from a prefix of theirs to a place by itself. */
  readonly clientTargets: ReadonlyMap<string, ClientTarget>;
}

const none = new Map<never, never>();
/** What a server means by port 0 (PROTOCOLS A13). */
const usualRelayPort = 21_820;

/** No tunnel, and nothing to do. */
export const noTunnel: TunnelState = {
  place: undefined,
  tcp: none,
  udp: none,
  browserGateway: none,
  subnets: new Set(),
  clientAddress: undefined,
  peers: none,
  clientTargets: none,
};

/** Targets by where they are listened for. A text that is no target stands for nothing, as with newt. */
export function forwardsOf(texts: readonly string[]): Forwards {
  const forwards = new Map<number, string>();
  for (const text of texts) {
    const target = readTarget(text);
    if (!target) continue;
    const { internalPort, host, port } = target;
    forwards.set(internalPort, host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);
  }
  return forwards;
}

export function byId(targets: readonly BrowserGatewayTarget[]): ReadonlyMap<number, BrowserGatewayTarget> {
  return new Map(targets.map((target) => [target.id, target]));
}

export function byKey(peers: readonly Peer[]): ReadonlyMap<string, Peer> {
  return new Map(peers.map((peer) => [peer.publicKey, peer]));
}

/** What is added twice is there once, and goes at once. */
export function byWay(targets: readonly ClientTarget[]): ReadonlyMap<string, ClientTarget> {
  const ways = targets.flatMap((target) =>
    target.sourcePrefixes.map((prefix): [string, ClientTarget] => [
      `${prefix} ${target.destPrefix} ${target.resourceId ?? ""}`,
      { ...target, sourcePrefixes: [prefix] },
    ]),
  );
  return new Map(ways);
}

/** A place at an exit node, with all that is to be done there. What clients may do is told apart from it (PROTOCOLS A14). */
export function connected(state: TunnelState, data: ServerData["newt/wg/connect"]): TunnelState {
  const { endpoint, relayPort, publicKey, serverIP, tunnelIP, targets } = data;
  return {
    ...state,
    place: { endpoint, relayPort: relayPort || usualRelayPort, publicKey, serverIP, tunnelIP },
    tcp: forwardsOf(targets.tcp),
    udp: forwardsOf(targets.udp),
    browserGateway: byId(data.browserGatewayTargets),
    subnets: new Set(data.remoteExitNodeSubnets),
  };
}

/** The interface for clients, with all that they may do. */
export function configured(state: TunnelState, data: ServerData["newt/wg/receive-config"]): TunnelState {
  const { ipAddress, peers, targets } = data;
  return { ...state, clientAddress: ipAddress, peers: byKey(peers), clientTargets: byWay(targets) };
}

/**
 * All that is to be done, in the place of all that was (PROTOCOLS A15). Targets with an IPv6 host and clients that have
 * changed count as well; stock newts pass them over.
 */
export function synced({ place, clientAddress }: TunnelState, data: ServerData["newt/sync"]): TunnelState {
  const { proxyTargets, browserGatewayTargets, remoteExitNodeSubnets, peers, clientTargets } = data;
  return {
    place,
    clientAddress,
    tcp: forwardsOf(proxyTargets.tcp),
    udp: forwardsOf(proxyTargets.udp),
    browserGateway: byId(browserGatewayTargets),
    subnets: new Set(remoteExitNodeSubnets),
    peers: byKey(peers),
    clientTargets: byWay(clientTargets),
  };
}

/** Without its tunnel. What was to be done stays known until the next one brings it anew. */
export function disconnected(state: TunnelState): TunnelState {
  return { ...state, place: undefined };
}
