import {
  channelUrl,
  decodeMessage,
  encodeAsNewt,
  encodeHeartbeat,
  frameText,
  type NewtType,
  type ServerType,
} from "../../protocol/newt/index.js";
import { every, type Timer } from "../../world/clock.js";
import type { Channel, Message } from "../../world/network.js";
import type { Session } from "../connection.js";
import type { Host } from "../host.js";
import { type Closed, Link, type LinkProtocol } from "../link.js";
import { getToken } from "./api.js";
import type { Blueprints } from "./blueprints.js";
import type { Site } from "./provision.js";

const connectTimeoutMs = 45_000;
/** A request for exit nodes is repeated this often, this many times in all (PROTOCOLS A12). */
const requestEveryMs = 3_000;
const requestLimit = 16;
/** The longest message a compressed frame may hold, bytes. */
const maxInflated = 4 << 20;

/** What outlives a session of a site. */
export interface SiteMemory {
  readonly site: Site;
  readonly blueprints: Blueprints;
  /** Of the last message, 0 if it had none (PROTOCOLS A9). */
  configVersion: number;
}

/** A site's open channel. */
export class NewtSession implements Session, LinkProtocol {
  restart = false;
  readonly #link: Link;
  #requests: Timer | undefined;

  constructor(
    private readonly host: Host,
    channel: Channel,
    private readonly memory: SiteMemory,
  ) {
    this.#link = new Link(host, channel, this);
    void this.#link.closed.then(() => {
      this.stopAsking();
      memory.blueprints.close();
    });
    this.#link.begin(0);
    this.askForExitNodes();
    void memory.blueprints.open((data) => this.#send("newt/blueprint/apply", data));
    this.#link.listen();
  }

  get closed(): Promise<Closed> {
    return this.#link.closed;
  }

  async goodbye(): Promise<void> {
    this.#send("newt/disconnecting", {});
    await this.#link.goodbye();
  }

  /** Closes the channel, to begin again from the config file (PROTOCOLS A11). */
  startAnew(): void {
    this.restart = true;
    void this.#link.goodbye();
  }

  /** The answer to a heartbeat came. */
  beatAnswered(): void {
    this.#link.beatAnswered();
  }

  blueprintAnswered(data: unknown): void {
    void this.memory.blueprints.answered(data);
  }

  blueprintRequested(): void {
    void this.memory.blueprints.requested();
  }

  /** Asks for exit nodes until there is an answer, or it has been asked often enough. */
  askForExitNodes(): void {
    this.stopAsking();
    const chainId = this.host.world.random.bytes(8).toString("hex");
    let asked = 0;
    const ask = (): void => {
      asked += 1;
      this.#send("newt/ping/request", { chainId, noCloud: this.memory.site.noCloud });
      if (asked >= requestLimit) this.stopAsking();
    };
    this.#requests = every(this.host.world.clock, requestEveryMs, ask);
    ask();
  }

  stopAsking(): void {
    this.#requests?.cancel();
    this.#requests = undefined;
  }

  message(message: Message): void {
    const decoded = decodeMessage(frameText(message, maxInflated) ?? "");
    if (!decoded) return;
    const { type, data, configVersion = 0 } = decoded;
    this.memory.configVersion = configVersion;
    replies.get(type)?.(this, data);
    const command = commands.get(type);
    if (!command) return;
    const started = this.host.world.clock.monotonic();
    command(this, data);
    this.host.emit({ type: "command", action: type, success: true, ms: this.host.since(started) });
  }

  beat(): void {
    this.#link.send(encodeHeartbeat(this.memory.configVersion));
  }

  #send(type: NewtType, data: unknown): void {
    this.#link.send(encodeAsNewt({ type, data }));
  }
}

type Reply = (session: NewtSession, data: unknown) => void;

/** What the server answers, or asks for. Messages of any other type are ignored (PROTOCOLS A9). */
const replies: ReadonlyMap<string, Reply> = new Map<ServerType, Reply>([
  ["pong", (session) => session.beatAnswered()],
  ["newt/ping/exitNodes", (session) => session.stopAsking()],
  ["newt/blueprint/results", (session, data) => session.blueprintAnswered(data)],
  ["firstboot/blueprint/request", (session) => session.blueprintRequested()],
]);

/** What the server orders (PROTOCOLS A16). After `terminate` the channel stays open. */
const commands: ReadonlyMap<string, Reply> = new Map<ServerType, Reply>([
  ["newt/wg/terminate", (session) => session.stopAsking()],
  ["newt/wg/reconnect", (session) => session.askForExitNodes()],
  ["newt/wg/restart", (session) => session.startAnew()],
]);

/** Signs in and opens a site's channel (PROTOCOLS A6, A8). Throws `StepFailed` or `Ended`. */
export async function openSession(host: Host, memory: SiteMemory): Promise<NewtSession> {
  const { endpoint, identity } = memory.site;
  const token = await getToken(host, endpoint, identity);
  const started = host.world.clock.monotonic();
  const channel = await host.dial(channelUrl(endpoint, token), connectTimeoutMs);
  host.emit({ type: "connected", ms: host.since(started) });
  return new NewtSession(host, channel, memory);
}
