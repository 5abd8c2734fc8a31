import type { z } from "zod";
import type { PingRequestData } from "../../../protocol/newt/tunnel.js";
import type { NewtConnection } from "./connection.js";

/** Asks for exit nodes: there are none, and a newt that hears so stays online and quiet (PROTOCOLS A13, E1). */
export function pingRequest(connection: NewtConnection, { chainId }: z.output<typeof PingRequestData>): undefined {
  connection.asks();
  connection.send("newt/ping/exitNodes", { exitNodes: [], ...(chainId !== undefined && { chainId }) });
}
