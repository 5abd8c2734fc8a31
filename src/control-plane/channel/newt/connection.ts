import type { SiteIdentity } from "../../store/sessions.js";
import type { Live } from "../presence.js";

/** A newt that is connected, as handlers and decisions about its site see it. */
export interface NewtConnection extends Live {
  readonly site: SiteIdentity;
  /** Sends a message in the envelope that newt expects (PROTOCOLS A9). */
  send(type: string, data: object): void;
  /** Sends `pong` with the time. */
  answerHeartbeat(): void;
}
