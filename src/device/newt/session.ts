import {
  channelUrl,
  decodeMessage,
  encodeAsNewt,
  encodeHeartbeat,
  frameText,
  isWithin,
  type NewtType,
  type TextBounds,
} from "../../protocol/newt/index.js";
import type { Channel, Message } from "../../world/network.js";
import type { Session } from "../connection.js";
import type { Host } from "../host.js";
import { type Closed, Link, type LinkProtocol } from "../link.js";
import { getToken } from "./api.js";
import { type Desk, handlers } from "./handlers.js";
import type { SiteMemory } from "./memory.js";
import { PlaceRequest } from "./place-request.js";

const connectTimeoutMs = 45_000;
/** What a server may say in one message, compressed or not: more than the largest site has to do. */
const mostSaid: TextBounds = { characters: 4 << 20, parts: 100_000 };

/** A site's open channel. */
export class NewtSession implements Session, LinkProtocol, Desk {
  restart = false;
  readonly place: PlaceRequest;
  readonly #link: Link;

  constructor(
    private readonly host: Host,
    channel: Channel,
    readonly memory: SiteMemory,
  ) {
    this.place = new PlaceRequest(host, memory, this);
    this.#link = new Link(host, channel, this);
    void this.#link.closed.then(() => {
      this.place.stop();
      memory.closed();
      memory.blueprints.close();
    });
  }

  get closed(): Promise<Closed> {
    return this.#link.closed;
  }

  /**
   * Says what is to be said when a session opens, then listens (PROTOCOLS A12). A site that has a tunnel asks for none; its
   * governing blueprint goes out again as its persona has it.
   */
  begin(serverVersion: string | undefined): void {
    const { memory, place } = this;
    this.#link.begin(0);
    if (!memory.isUp) place.begin();
    memory.opened(this, serverVersion);
    void memory.blueprints.open((data) => this.send("newt/blueprint/apply", data), memory.isUp);
    if (this.host.persona.site.oldServers) place.askOldServer();
    this.#link.listen();
  }

  async goodbye(): Promise<void> {
    this.send("newt/disconnecting", {});
    await this.#link.goodbye();
  }

  /** Closes the channel, without another word, to begin again from the config file (PROTOCOLS A11). */
  startAnew(): void {
    if (this.restart) return;
    this.restart = true;
    void this.#link.goodbye();
  }

  beatAnswered(): void {
    this.#link.beatAnswered();
  }

  order(action: string, act: () => void): void {
    const started = this.host.world.clock.monotonic();
    act();
    this.host.emit({ type: "command", action, success: true, ms: this.host.since(started) });
  }

  message(message: Message): void {
    const text = frameText(message, mostSaid.characters) ?? "";
    const decoded = isWithin(text, mostSaid) ? decodeMessage(text) : undefined;
    if (!decoded) return;
    const { type, data, configVersion } = decoded;
    this.memory.config.heard(configVersion, handlers.get(type)?.(this, data, text.length));
  }

  beat(): void {
    this.#link.send(encodeHeartbeat(this.memory.config.told));
    if (this.host.persona.site.asksAgain && !this.memory.isUp) this.place.askAgain();
  }

  send(type: NewtType, data: object): void {
    this.#link.send(encodeAsNewt({ type, data }));
  }
}

/** Signs in and opens a site's channel (PROTOCOLS A6, A8). Throws `StepFailed` or `Ended`. */
export async function openSession(host: Host, memory: SiteMemory): Promise<NewtSession> {
  const { endpoint, identity } = memory.site;
  const { token, serverVersion } = await getToken(host, endpoint, identity);
  const started = host.world.clock.monotonic();
  const channel = await host.dial(channelUrl(endpoint, token), connectTimeoutMs);
  host.emit({ type: "connected", ms: host.since(started) });
  const session = new NewtSession(host, channel, memory);
  session.begin(serverVersion);
  return session;
}
