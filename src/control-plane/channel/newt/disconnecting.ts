import type { NewtConnection } from "./connection.js";

/** A graceful stop: offline now (PROTOCOLS A11), and closed from here, since nobody looks after the channel any more. */
export function disconnecting(connection: NewtConnection): undefined {
  connection.end(1000, "goodbye");
}
