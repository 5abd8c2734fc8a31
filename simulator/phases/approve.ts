import { reasonOf } from "../../src/error.js";
import { readTree } from "../files.js";
import { inParallel, type Phase } from "../fleet.js";
import { siteIdentity } from "../site-identity.js";

/** Approvals under way at once. */
const width = 16;

/** Pending sites of the run are approved, as an operator would. */
export const approve: Phase = {
  name: "approve",
  title: "pending sites are approved",
  size: () => 0,
  run: async (fleet, advanced) => {
    const ours = new Set<string>();
    for (const { spec } of fleet.devices) {
      const identity = siteIdentity(await readTree(fleet.world.disk, spec.directory));
      if (identity) ours.add(identity.id);
    }
    const pending = (await fleet.client.listSites(fleet.org, { status: "pending" })).filter(
      ({ newtId }) => newtId !== null && newtId !== undefined && ours.has(newtId),
    );
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
    return { expected: pending.length, done };
  },
};
