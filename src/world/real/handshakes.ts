import type { Server } from "node:https";
import type { ServerLimits } from "../network.js";

/**
 * Bounds the TLS handshakes that are under way. Each costs milliseconds: of a fleet that comes at once most would still
 * wait when their time is over, and all that was done for them would be lost. Who is too many is closed before anything
 * is done, and comes back.
 */
export function boundHandshakes(server: Server, { connections, handshakes }: ServerLimits): void {
  let under = 0;
  function change(by: 1 | -1): void {
    under += by;
    // While it is full there is at least one connection, so that nobody is let in.
    server.maxConnections = under >= handshakes ? 1 : connections;
  }
  server.on("connection", () => change(1));
  server.on("secureConnection", () => change(-1));
  // Each connection that does not get as far ends with this, once.
  server.on("tlsClientError", () => change(-1));
}
