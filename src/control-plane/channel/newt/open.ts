import type { UpgradeAnswer, UpgradeRequest } from "../../../world/network.js";
import type { Services } from "../../services.js";
import { NewtSession } from "./session.js";

/**
 * GET /api/v1/ws: a valid token or 401, before any handshake (PROTOCOLS A8). An identity that is in two places has to wait
 * until the one that holds its channel has had its turn.
 */
export async function openNewtChannel(services: Services, { url, peer }: UpgradeRequest): Promise<UpgradeAnswer> {
  const token = url.searchParams.get("token");
  const clientType = url.searchParams.get("clientType") ?? "newt";
  const site = token && clientType === "newt" ? await services.store.sessions.find(token) : undefined;
  if (!token || !site) return { refuse: 401 };
  const waitMs = services.newts.waitMs(site.newtId, peer.address);
  if (waitMs > 0) return { refuse: 429, headers: { "retry-after": String(Math.ceil(waitMs / 1_000)) } };
  return { accept: (channel) => new NewtSession(services, site, channel, peer.address).start(token) };
}
