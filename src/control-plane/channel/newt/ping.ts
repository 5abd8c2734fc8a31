import { isoTime } from "../../../world/clock.js";
import type { NewtSession } from "./session.js";

/** The heartbeat (PROTOCOLS A10). */
export function ping(session: NewtSession): undefined {
  session.send("pong", { timestamp: isoTime(session.services.world.clock.now()) });
}
