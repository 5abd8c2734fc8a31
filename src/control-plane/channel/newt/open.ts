import type { UpgradeAnswer, UpgradeRequest } from "../../../world/network.js";
import type { Services } from "../../services.js";
import { NewtSession } from "./session.js";

/** GET /api/v1/ws: a valid token or 401, before any handshake (PROTOCOLS A8). */
export async function openNewtChannel(services: Services, { url }: UpgradeRequest): Promise<UpgradeAnswer> {
  const token = url.searchParams.get("token");
  const clientType = url.searchParams.get("clientType") ?? "newt";
  const site = token && clientType === "newt" ? await services.store.sessions.find(token) : undefined;
  if (!site) return { refuse: 401 };
  return { accept: (channel) => new NewtSession(services, site, channel).start() };
}
