import { reasonOf } from "../../../error.js";
import { closeCodes, comeBackReason } from "../../../protocol/come-back.js";
import { compressed } from "../../../protocol/newt/frame.js";
import { encodePong } from "../../../protocol/newt/heartbeat.js";
import type { NewtMessage } from "../../../protocol/newt/message.js";
import { fromServer, type MessageType, type ServerType } from "../../../protocol/newt/messages.js";
import { takesGzip, takesSync } from "../../../protocol/newt/version.js";
import { isoTime, type Timer } from "../../../world/clock.js";
import type { Channel, ChannelListener, Message } from "../../../world/network.js";
import type { Services } from "../../services.js";
import type { SiteIdentity, SiteSession } from "../../store/sessions.js";
import type { ConfigMessage } from "../../store/target/config-diff.js";
import type { ConfigChange } from "../../store/target/site-config.js";
import { type Allowance, weightOf } from "../allowance.js";
import { reportClonedNewt } from "../cloned.js";
import { replacedCode } from "../presence.js";
import { ConfigNumber, type NumberedMessage } from "./config-number.js";
import type { NewtConnection } from "./connection.js";
import { newtHandlers } from "./handlers.js";
import { excerpt, readMessage, textOf } from "./incoming.js";

/** Why a channel is closed from here (RFC 6455). */
const done = 1000;
const tooMuch = 1008;

/** When one comes back whose channel could not be opened, seconds. */
const retrySeconds = 5;

/** A newt that has been let in asks for exit nodes within this time, unless it has asked in vain too often, milliseconds. */
const releaseMs = 5_000;

/** What is wrong with a message, and what it counts as. */
interface Fault {
  readonly words: string;
  readonly counted: "error" | "other";
}

const malformed: Fault = { words: "Invalid message", counted: "error" };

/** One newt's channel. */
export class NewtSession implements ChannelListener, NewtConnection {
  readonly openedAt: number;
  heardAt: number;
  readonly site: SiteIdentity;
  approved: boolean;
  version: string | undefined;
  readonly #config: ConfigNumber;
  readonly #allowance: Allowance;
  #gone = false;
  /** The code of the goodbye, if one was said from here. */
  #saidGoodbye = 0;
  #release: Timer | undefined;

  constructor(
    readonly services: Services,
    { siteId, newtId, orgId, status, newtVersion, configVersion }: SiteSession,
    readonly channel: Channel,
    readonly address: string,
  ) {
    this.openedAt = this.heardAt = services.world.clock.monotonic();
    this.site = { siteId, newtId, orgId };
    this.approved = status === "approved";
    this.version = newtVersion ?? undefined;
    this.#config = new ConfigNumber(configVersion);
    this.#allowance = services.allowances.of(newtId, this.openedAt);
  }

  get configSeen(): number | undefined {
    return this.#config.seen;
  }

  /**
   * Takes the place of an older channel. Nothing is heard before the token was looked at again: whatever ended it in
   * between found no channel to close.
   */
  start(token: string): void {
    const { newts, store, metrics, world } = this.services;
    const { newtId } = this.site;
    newts.enter(newtId, this);
    metrics.channelsOpened.add("newt");
    world.log.info("newt channel opened", { newtId, address: this.address });
    store.sessions
      .find(token)
      .then((now) => {
        if (!now) return this.end(done, "Disconnected by server");
        this.approved ||= now.status === "approved";
        this.#config.raise(now.configVersion);
      })
      .catch((error: unknown) => {
        world.log.error("token not looked at again", { newtId, reason: reasonOf(error) });
        this.end(closeCodes.tryAgainLater, comeBackReason("try again later", retrySeconds));
      })
      .finally(() => this.channel.listen(this));
  }

  send(type: ServerType, data: object): void {
    this.#send({ type, data, configVersion: this.#config.given });
  }

  answerHeartbeat(): void {
    this.services.metrics.newtSent.add("pong");
    this.channel.send(encodePong(isoTime(this.services.world.clock.now()), this.#config.given));
  }

  isStale(configSeen: number | undefined): boolean {
    return this.#config.report(configSeen);
  }

  give(version: number, messages: readonly ConfigMessage[]): void {
    for (const message of this.#config.give(version, messages)) this.#send(message);
  }

  push({ version, messages }: ConfigChange): void {
    this.#config.raise(version);
    // A newt that cannot be given the whole is told of every change, as well as may be.
    if (this.approved && (this.#config.precedes(version) || !takesSync(this.version))) this.give(version, messages);
  }

  learn(version: string): boolean {
    if (version === this.version) return false;
    this.version = version;
    return true;
  }

  release(changes: readonly ConfigChange[]): void {
    this.approved = true;
    for (const change of changes) this.push(change);
    this.send("newt/wg/reconnect", {});
    this.#release?.cancel();
    this.#release = this.services.world.clock.after(releaseMs, () => this.end(done, "approved: connect again"));
  }

  asks(): void {
    this.#release?.cancel();
    this.#release = undefined;
  }

  message(message: Message): void {
    this.#hear();
    if (this.#gone || !this.#affords(weightOf(message))) return;
    const text = textOf(message);
    // A few hundred bytes may inflate to a mebibyte: what is read is what costs.
    if (text !== undefined && text !== message && !this.#affords(weightOf(text))) return;
    const decoded = text === undefined ? undefined : readMessage(text);
    const fault = decoded ? this.#act(decoded) : malformed;
    if (fault) this.#refuse(fault, message);
  }

  ping(): void {
    this.#hear();
  }

  pong(): void {
    this.#hear();
  }

  close(code: number): void {
    this.leave();
    const { metrics, world } = this.services;
    metrics.channelsClosed.add("newt");
    world.log.info("newt channel closed", { newtId: this.site.newtId, address: this.address, code });
    if (code === replacedCode && this.#saidGoodbye === replacedCode) reportClonedNewt(this.services, this);
  }

  /** Offline from now on, whatever else still comes on this channel (PROTOCOLS D2.17). */
  leave(): void {
    this.#gone = true;
    this.asks();
    const { newts, store, world } = this.services;
    const { siteId, newtId } = this.site;
    if (!newts.leave(newtId, this)) return;
    store.sites.seen(siteId, world.clock.now(), this.address).catch((error: unknown) => {
      newts.lostEnd();
      world.log.warn("last seen not stored", { newtId, reason: reasonOf(error) });
    });
  }

  probe(): void {
    this.channel.ping();
  }

  terminate(): void {
    this.channel.terminate();
  }

  end(code: number, reason: string): void {
    if (!this.#gone) this.#saidGoodbye = code;
    this.leave();
    this.channel.close(code, reason);
  }

  #hear(): void {
    this.heardAt = this.services.world.clock.monotonic();
  }

  #send(message: NumberedMessage): void {
    const text = JSON.stringify(message);
    const { gzip }: MessageType = fromServer[message.type];
    this.services.metrics.newtSent.add(message.type);
    // What it makes the server say at length costs a newt as much as what it says itself.
    this.#allowance.spend(weightOf(text), this.heardAt);
    this.channel.send(gzip && takesGzip(this.version) ? compressed(text) : text);
  }

  /** Acts on a message, or says what is wrong with it. */
  #act({ type, data, configVersion }: NewtMessage): Fault | undefined {
    const { metrics, world } = this.services;
    const handler = newtHandlers.get(type);
    if (!handler) return { words: `Unsupported message type: ${type}`, counted: "other" };
    const deed = handler(this, data, this.services, configVersion);
    if (deed === "invalid") return { words: `Invalid data of message type: ${type}`, counted: "error" };
    metrics.newtMessages.add(type);
    if (!deed) return undefined;
    this.#affords(1);
    deed.catch((error: unknown) => {
      world.log.error("newt message failed", { newtId: this.site.newtId, type, reason: reasonOf(error) });
    });
    return undefined;
  }

  /** Says what is wrong with a message; the channel stays open (PROTOCOLS G3). */
  #refuse({ words, counted }: Fault, message: Message): void {
    this.services.metrics.newtMessages.add(counted);
    if (this.#affords(1)) this.send("error", { message: words, originalMessage: excerpt(message) });
  }

  /** Takes note of what a message costs; a newt that costs too much has to go. Heartbeats cost nothing. */
  #affords(cost: number): boolean {
    const affordable = cost === 0 || this.#allowance.spend(cost, this.heardAt);
    if (!affordable) this.end(tooMuch, "too many messages");
    return affordable;
  }
}
