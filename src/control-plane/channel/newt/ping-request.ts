import { PingRequestData } from "../../../protocol/newt/message.js";
import type { NewtConnection } from "./connection.js";

/** Asks for exit nodes: there are none, and a newt that hears so stays online and quiet (PROTOCOLS A13, E1). */
export function pingRequest(connection: NewtConnection, data: unknown): undefined {
  const parsed = PingRequestData.safeParse(data);
  const chainId = parsed.success ? parsed.data.chainId : undefined;
  connection.send("newt/ping/exitNodes", { exitNodes: [], ...(chainId !== undefined && { chainId }) });
}
