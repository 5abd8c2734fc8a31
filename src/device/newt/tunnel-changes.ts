import { readServerData, type ServerData, type ServerType } from "../../protocol/newt/index.js";
import { byId, byKey, byWay, forwardsOf, type TunnelState } from "./tunnel-state.js";

/** Folds a message into the state; undefined: it does not fit, and changes nothing. */
export type TunnelChange = (state: TunnelState, data: unknown) => TunnelState | undefined;

function on<T extends ServerType>(
  type: T,
  fold: (state: TunnelState, data: ServerData[T]) => Partial<TunnelState> | undefined,
): [T, TunnelChange] {
  return [
    type,
    (state, given) => {
      const data = readServerData(type, given);
      const changed = data === undefined ? undefined : fold(state, data);
      return changed && { ...state, ...changed };
    },
  ];
}

/** What is put in takes the place of what has the same key. */
function including<K, V>(map: ReadonlyMap<K, V>, more: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return new Map([...map, ...more]);
}

function excluding<K, V>(map: ReadonlyMap<K, V>, keys: Iterable<K>): ReadonlyMap<K, V> {
  const rest = new Map(map);
  for (const key of keys) rest.delete(key);
  return rest;
}

/** The messages that each tell of one difference (PROTOCOLS A16). */
export const tunnelChanges: ReadonlyMap<string, TunnelChange> = new Map<string, TunnelChange>([
  on("newt/tcp/add", ({ tcp }, { targets }) => ({ tcp: including(tcp, forwardsOf(targets)) })),
  on("newt/udp/add", ({ udp }, { targets }) => ({ udp: including(udp, forwardsOf(targets)) })),
  on("newt/tcp/remove", ({ tcp }, { targets }) => ({ tcp: excluding(tcp, forwardsOf(targets).keys()) })),
  on("newt/udp/remove", ({ udp }, { targets }) => ({ udp: excluding(udp, forwardsOf(targets).keys()) })),
  on("newt/wg/subnets/update", (_, { subnets }) => ({ subnets: new Set(subnets) })),
  on("newt/wg/subnets/add", (state, { subnets }) => ({ subnets: new Set([...state.subnets, ...subnets]) })),
  on("newt/wg/subnets/remove", (state, { subnets }) => ({
    subnets: new Set([...state.subnets].filter((subnet) => !subnets.includes(subnet))),
  })),
  on("newt/browsergateway/add", ({ browserGateway }, { targets }) => ({
    browserGateway: including(browserGateway, byId(targets)),
  })),
  on("newt/browsergateway/remove", ({ browserGateway }, { ids }) => ({
    browserGateway: excluding(browserGateway, ids),
  })),
  on("newt/wg/peer/add", ({ peers }, peer) => ({ peers: including(peers, byKey([peer])) })),
  on("newt/wg/peer/update", ({ peers }, { publicKey, allowedIps, endpoint }) => {
    const peer = peers.get(publicKey);
    if (!peer) return undefined;
    const changed = { publicKey, allowedIps: allowedIps ?? peer.allowedIps, endpoint: endpoint ?? peer.endpoint };
    return { peers: including(peers, byKey([changed])) };
  }),
  on("newt/wg/peer/remove", ({ peers }, { publicKey }) => ({ peers: excluding(peers, [publicKey]) })),
  on("newt/wg/targets/add", ({ clientTargets }, targets) => ({
    clientTargets: including(clientTargets, byWay(targets)),
  })),
  on("newt/wg/targets/remove", ({ clientTargets }, targets) => ({
    clientTargets: excluding(clientTargets, byWay(targets).keys()),
  })),
  on("newt/wg/targets/update", ({ clientTargets }, { oldTargets, newTargets }) => ({
    clientTargets: including(excluding(clientTargets, byWay(oldTargets).keys()), byWay(newTargets)),
  })),
]);
