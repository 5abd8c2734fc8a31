import { isoTime } from "../../../world/clock.js";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

/** The heartbeat (PROTOCOLS A10). */
export function ping(connection: NewtConnection, _data: unknown, { world }: Services): undefined {
  connection.send("pong", { timestamp: isoTime(world.clock.now()) });
}
