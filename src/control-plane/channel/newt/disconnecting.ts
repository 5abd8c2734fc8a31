import type { NewtSession } from "./session.js";

/** A graceful stop: offline now (PROTOCOLS A11). */
export function disconnecting(session: NewtSession): undefined {
  session.leave();
}
