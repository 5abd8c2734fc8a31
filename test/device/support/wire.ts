import { gzipSync } from "node:zlib";
import { z } from "zod";
import { type DeviceEvent, NewtSite, newt, type Persona } from "../../../src/device/index.js";
import { newtPaths } from "../../../src/protocol/newt/index.js";
import type { Channel, Listener } from "../../../src/world/network.js";
import { linkProfiles, type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";
import { EventDiary } from "./diary.js";
import { identity } from "./newt.js";

const Data = z.looseObject({
  chainId: z.string().optional(),
  publicKey: z.string().optional(),
  backwardsCompatible: z.boolean().optional(),
  noCloud: z.boolean().optional(),
  pingResults: z.array(z.looseObject({ exitNodeId: z.number() })).optional(),
  targets: z.record(z.string(), z.looseObject({ status: z.string() })).optional(),
});
const Said = z.object({ type: z.string(), data: Data, configVersion: z.number().optional() });

/** A frame of the site: when it came, in which session, and what it was. `ping` is a protocol ping. */
export interface Frame {
  readonly at: number;
  readonly session: number;
  readonly text: string;
  readonly type: string;
  readonly data: z.infer<typeof Data>;
  readonly configVersion: number | undefined;
}

/** A request of the site. */
export interface Asked {
  readonly at: number;
  readonly path: string;
  readonly body: string;
}

/** What the server of a test answers to a frame at once; nothing: silence. */
export type Answers = (frame: Frame, wire: Wire) => void;

export interface WireOptions {
  /** Newt as shipped, if absent. */
  readonly persona?: Persona;
  /** More of the config file. */
  readonly config?: object;
  readonly answers?: Answers;
  /** What get-token names; null: none. */
  readonly serverVersion?: string | null;
  readonly files?: Readonly<Record<string, string>>;
}

/** A site with its credentials and a server that a test plays, with nothing in between that takes time. */
export class Wire {
  readonly frames: Frame[] = [];
  readonly requests: Asked[] = [];
  readonly channels: Channel[] = [];
  readonly upgrades: number[] = [];
  readonly diary = new EventDiary();
  readonly box: VirtualHost;
  /** Whether upgrades are let in. */
  open = true;
  site: NewtSite;

  constructor(
    readonly virtual: VirtualWorld,
    private readonly watcher: World,
    readonly options: WireOptions,
  ) {
    this.box = virtual.host("box");
    const config = { endpoint: "http://server", id: identity.newtId, secret: identity.secret, ...options.config };
    this.box.disk.put("newt.json", JSON.stringify(config), 0o600);
    for (const [name, text] of Object.entries(options.files ?? {})) this.box.disk.put(name, text);
    this.site = this.#live();
  }

  get events(): readonly DeviceEvent[] {
    return this.diary.entries;
  }

  get listener(): Listener {
    return {
      request: async (request) => {
        const path = new URL(request.url).pathname;
        this.requests.push({ at: this.virtual.now, path, body: await request.text() });
        if (path !== newtPaths.getToken) return new Response(null, { status: 204 });
        const { serverVersion = "1.22.0" } = this.options;
        const data = { token: "tok1", ...(serverVersion !== null && { serverVersion }) };
        return new Response(JSON.stringify({ data, success: true, error: false, message: "ok", status: 200 }));
      },
      upgrade: async () => {
        this.upgrades.push(this.virtual.now);
        return this.open ? { accept: (channel) => this.#accept(channel) } : { refuse: 401 };
      },
    };
  }

  /** Starts the server, also after its machine has lost its power. */
  async serve(): Promise<void> {
    await this.virtual.host("server").boot().network.listen({ host: "0.0.0.0", port: 80 }, this.listener);
  }

  /** Frames of a type. */
  said(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** When frames of a type came, milliseconds since the start. */
  times(type: string): number[] {
    return this.said(type).map(({ at }) => at);
  }

  /** The last frame of a type. */
  last(type: string): Frame | undefined {
    return this.said(type).at(-1);
  }

  /** Says something on the newest channel. */
  say(type: string, data: unknown, configVersion?: number): void {
    const message = { type, data, ...(configVersion !== undefined && { configVersion }) };
    this.channels.at(-1)?.send(JSON.stringify(message));
  }

  /** Says it as a binary frame. */
  sayCompressed(type: string, data: unknown, configVersion?: number): void {
    this.channels.at(-1)?.send(gzipSync(JSON.stringify({ type, data, configVersion })));
  }

  sleep(ms: number): Promise<void> {
    return this.watcher.clock.sleep(ms);
  }

  #live(): NewtSite {
    const { persona = newt } = this.options;
    const site = new NewtSite(this.box.boot(), { configFile: "newt.json", persona, onEvent: this.diary.write });
    void site.run();
    return site;
  }

  #accept(channel: Channel): void {
    const session = this.channels.push(channel);
    const heard = (text: string, said: z.infer<typeof Said>): void => {
      const { type, data, configVersion } = said;
      const frame = { at: this.virtual.now, session, text, type, data, configVersion };
      this.frames.push(frame);
      this.options.answers?.(frame, this);
    };
    channel.listen({
      message: (message) => heard(String(message), Said.parse(JSON.parse(String(message)))),
      ping: () => heard("", { type: "ping", data: {} }),
      close: (code) => heard("", { type: `close ${code}`, data: {} }),
    });
  }
}

/** Answers heartbeats, as every server does, and what else a test wants. */
export function alive(more: Answers = () => {}): Answers {
  return (frame, wire) => {
    if (frame.type === "newt/ping") wire.say("pong", { timestamp: "2026-02-21T12:00:00.000Z" }, 0);
    more(frame, wire);
  };
}

/** Plays with a site that starts now. */
export function wire<T>(options: WireOptions, play: (wire: Wire) => Promise<T>): Promise<T> {
  const virtual = new VirtualWorld({ seed: 1, link: linkProfiles.none });
  return virtual.run(async () => {
    const played = new Wire(virtual, virtual.host("watcher").boot(), options);
    await played.serve();
    return play(played);
  });
}

/** An exit node as servers offer it. */
export function exitNode(exitNodeId: number, endpoint: string, wasPreviouslyConnected = false) {
  return { exitNodeId, exitNodeName: `node ${exitNodeId}`, endpoint, weight: 1, wasPreviouslyConnected };
}

/** A place at an exit node, with what is to be done there. */
export function placeAt(endpoint: string, more: object = {}) {
  return {
    endpoint,
    relayPort: 21_820,
    publicKey: "/b4mIOieDL77aMrttujjuXaduESvVQxdcTU/bTGZ6pA=",
    serverIP: "100.89.128.1",
    tunnelIP: "100.89.128.4",
    targets: { udp: [], tcp: [] },
    healthCheckTargets: [],
    browserGatewayTargets: [],
    remoteExitNodeSubnets: [],
    ...more,
  };
}

/** A server with one exit node, at which every site gets a place. */
export const withPlaces: Answers = alive(({ type, data }, wire) => {
  const { chainId } = data;
  if (type === "newt/ping/request") {
    wire.say("newt/ping/exitNodes", { exitNodes: [exitNode(1, "127.0.0.1")], chainId }, 0);
  }
  if (type === "newt/wg/register" && !data.backwardsCompatible) {
    wire.say("newt/wg/connect", { ...placeAt("127.0.0.1:51820"), chainId }, 0);
  }
});

/** Offers these exit nodes to whoever asks, and gives nobody a place. */
export const offering = (exitNodes: readonly object[]) =>
  alive(({ type, data }, site) => {
    if (type === "newt/ping/request") site.say("newt/ping/exitNodes", { exitNodes, chainId: data.chainId }, 0);
  });

/** What it asked for a place with, apart from the question for servers of old. */
export const registers = (site: Wire) => site.said("newt/wg/register").filter(({ data }) => !data.backwardsCompatible);
