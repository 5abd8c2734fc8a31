import type { Capacity } from "../protocol/integration/schema.js";
import { allowance, forgivenMs } from "./failure-limit.js";
import { apartMs } from "./pace.js";
import type { Services } from "./services.js";

/** What holds for every source and organisation. */
const rateLimits: Capacity["rateLimits"] = {
  exchanges: null,
  failuresPerSource: { limit: allowance, windowSeconds: forgivenMs / 1_000 },
  codesPerSecond: 1_000 / apartMs,
};

/** Channels that there are, and connections that there may be; null: unknown. */
export function connectionsOf({
  newts,
  devices,
  connectionLimit,
}: Pick<Services, "newts" | "devices" | "connectionLimit">): Capacity["connections"] {
  return { used: newts.size + devices.size, limit: connectionLimit ?? null };
}

/** What an organisation's rollout can still count on. Without an exit node there are no tunnels. */
export async function capacityOf(services: Services, orgId: string): Promise<Capacity> {
  const held = await services.store.orgs.holds(orgId);
  return {
    sites: { used: held.sites, limit: held.maxSites },
    devices: { used: held.devices, limit: null },
    connections: connectionsOf(services),
    tunnels: { used: 0, limit: 0 },
    rateLimits,
  };
}
