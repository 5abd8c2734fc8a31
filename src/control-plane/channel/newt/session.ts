import { reasonOf } from "../../../error.js";
import { encodePong, knownHeartbeat } from "../../../protocol/newt/heartbeat.js";
import { decodeMessage, type NewtMessage } from "../../../protocol/newt/message.js";
import { isoTime } from "../../../world/clock.js";
import type { Channel, ChannelListener, Message } from "../../../world/network.js";
import { isTooDeep } from "../../json-depth.js";
import type { Services } from "../../services.js";
import type { SiteIdentity } from "../../store/sessions.js";
import type { NewtConnection } from "./connection.js";
import { newtHandlers } from "./handlers.js";

/** From 1 on: a newt reports every number but 0, so none of its losses goes unnoticed (PROTOCOLS E1). */
const configVersion = 1;

function readMessage(text: string): NewtMessage | undefined {
  return knownHeartbeat(text) ?? (isTooDeep(text) ? undefined : decodeMessage(text));
}

/** One newt's channel. */
export class NewtSession implements ChannelListener, NewtConnection {
  readonly openedAt: number;
  heardAt: number;
  #gone = false;

  constructor(
    readonly services: Services,
    readonly site: SiteIdentity,
    readonly channel: Channel,
  ) {
    this.openedAt = this.heardAt = services.world.clock.monotonic();
  }

  start(): void {
    this.services.newts.enter(this.site.newtId, this);
    this.channel.listen(this);
  }

  send(type: string, data: object): void {
    this.channel.send(JSON.stringify({ type, data, configVersion }));
  }

  answerHeartbeat(): void {
    this.channel.send(encodePong(isoTime(this.services.world.clock.now()), configVersion));
  }

  message(message: Message): void {
    this.#hear();
    const decoded = typeof message === "string" ? readMessage(message) : undefined;
    if (!decoded || this.#gone) return;
    // Types without a handler are taken in silence: an error reply would reset the newt's config version (PROTOCOLS D2).
    const handled = newtHandlers.get(decoded.type)?.(this, decoded.data, this.services);
    handled?.catch((error: unknown) => {
      const { newtId } = this.site;
      this.services.world.log.error("newt message failed", { newtId, type: decoded.type, reason: reasonOf(error) });
    });
  }

  ping(): void {
    this.#hear();
  }

  pong(): void {
    this.#hear();
  }

  close(): void {
    this.leave();
  }

  /** Offline from now on, whatever else still comes on this channel (PROTOCOLS D2). */
  leave(): void {
    this.#gone = true;
    const { newts, store, world } = this.services;
    if (!newts.leave(this.site.newtId, this)) return;
    store.sites.seen(this.site.siteId, world.clock.now()).catch((error: unknown) => {
      newts.lostEnd();
      world.log.warn("last seen not stored", { newtId: this.site.newtId, reason: reasonOf(error) });
    });
  }

  probe(): void {
    this.channel.ping();
  }

  terminate(): void {
    this.channel.terminate();
  }

  end(code: number, reason: string): void {
    this.leave();
    this.channel.close(code, reason);
  }

  #hear(): void {
    this.heardAt = this.services.world.clock.monotonic();
  }
}
