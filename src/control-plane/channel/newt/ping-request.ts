import { PingRequestData } from "../../../protocol/newt/message.js";
import type { NewtSession } from "./session.js";

/** Asks for exit nodes: there are none, and a newt that hears so stays online and quiet (PROTOCOLS A13, E1). */
export function pingRequest(session: NewtSession, data: unknown): undefined {
  const parsed = PingRequestData.safeParse(data);
  const chainId = parsed.success ? parsed.data.chainId : undefined;
  session.send("newt/ping/exitNodes", { exitNodes: [], ...(chainId !== undefined && { chainId }) });
}
