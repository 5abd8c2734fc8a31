import type { NewtConnection } from "./connection.js";

/** The heartbeat (PROTOCOLS A10). */
export function ping(connection: NewtConnection): undefined {
  connection.answerHeartbeat();
}
