import type { ServerType } from "../../../protocol/newt/messages.js";
import type { SiteIdentity } from "../../store/sessions.js";
import type { ConfigMessage } from "../../store/target/config-diff.js";
import type { ConfigChange } from "../../store/target/site-config.js";
import type { Live } from "../presence.js";

/** A newt that is connected, as handlers and decisions about its site see it. */
export interface NewtConnection extends Live {
  readonly site: SiteIdentity;
  /** Whether its site has been let in. */
  readonly approved: boolean;
  /** What the newt reports of itself; undefined: nothing yet. */
  readonly version: string | undefined;
  /** The number of its config that the newt has last told (PROTOCOLS A9). */
  readonly configSeen: number | undefined;
  /** Sends a message in the envelope that newt expects (PROTOCOLS A9). */
  send(type: ServerType, data: object): void;
  /** Sends `pong` with the time. */
  answerHeartbeat(): void;
  /** Takes the number that a heartbeat tells; true: the newt is to be given its whole config. */
  isStale(configSeen: number | undefined): boolean;
  /** Gives the newt a state of its config. */
  give(version: number, messages: readonly ConfigMessage[]): void;
  /** Tells of a change, after its commit; a newt that lacks more than this change hears of all at its next heartbeat. */
  push(change: ConfigChange): void;
  /** The newt told its version; false: that was known. */
  learn(version: string): boolean;
  /** The site has been let in: the newt asks for exit nodes anew, or its channel is closed so that it comes back and does. */
  release(changes: readonly ConfigChange[]): void;
  /** The newt asks for exit nodes. */
  asks(): void;
}
