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

/** What an organisation's rollout can still count on. Without an exit node there are no tunnels. */
export async function capacityOf({ store, newts, devices }: Services, orgId: string): Promise<Capacity> {
  const held = await store.orgs.holds(orgId);
  return {
    sites: { used: held.sites, limit: held.maxSites },
    devices: { used: held.devices, limit: null },
    connections: { used: newts.size + devices.size, limit: null },
    tunnels: { used: 0, limit: 0 },
    rateLimits,
  };
}
