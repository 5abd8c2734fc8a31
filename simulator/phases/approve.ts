import { reasonOf } from "../../src/error.js";
import type { SiteItem } from "../../src/protocol/integration/index.js";
import type { VirtualDevice } from "../device.js";
import { readTree } from "../files.js";
import { type Fleet, inParallel, type Phase } from "../fleet.js";
import { siteIdentity } from "../site-identity.js";

/** Approvals under way at once. */
const width = 16;
/** How many are named for people to see. */
const named = 3;

/** Pending sites of the run are listed and approved, as an operator would. */
export const approve: Phase = {
  name: "approve",
  title: "pending sites are listed and approved",
  size: () => 0,
  run: async (fleet, advanced) => {
    const pending = await listPending(fleet);
    let done = 0;
    await inParallel(fleet, pending, width, async ({ siteId }) => {
      try {
        await fleet.client.approveSite(siteId);
        done += 1;
        advanced();
      } catch (error) {
        fleet.metrics.failed("approve", reasonOf(error), fleet.now());
      }
    });
    return { expected: pending.length, done, ...(pending.length > 0 && { named: someOf(pending) }) };
  },
};

/** The fleet's own among the server's pending sites; their devices remember that they were listed. */
async function listPending(fleet: Fleet): Promise<SiteItem[]> {
  const own = new Map<string, VirtualDevice>();
  for (const device of fleet.devices) {
    const identity = siteIdentity(await readTree(fleet.world.disk, device.spec.directory));
    if (identity) own.set(identity.id, device);
  }
  const pending = await fleet.client.listSites(fleet.org, { status: "pending" });
  return pending.filter(({ newtId }) => {
    const device = own.get(newtId ?? "");
    if (device) device.listed = true;
    return device !== undefined;
  });
}

function someOf(sites: readonly SiteItem[]): string {
  const more = sites.length > named ? ` and ${sites.length - named} more` : "";
  return `${sites
    .slice(0, named)
    .map(({ name }) => name)
    .join(", ")}${more}`;
}
