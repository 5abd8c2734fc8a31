import { FirstbootError, reasonOf } from "../../src/error.js";
import type { SiteItem } from "../../src/protocol/integration/index.js";
import type { VirtualDevice } from "../device.js";
import { readTree } from "../files.js";
import { type Fleet, inParallel, type Phase } from "../fleet.js";
import { siteIdentity } from "../site-identity.js";

/** Approvals under way at once. */
const width = 16;
/** How many are named for people to see. */
const named = 3;

interface Pending {
  readonly site: SiteItem;
  readonly device: VirtualDevice;
}

/** Pending sites of the run are listed and approved, as an operator would. */
export const approve: Phase = {
  name: "approve",
  title: "pending sites are listed and approved",
  size: () => 0,
  run: async (fleet, advanced) => {
    const pending: Pending[] = [];
    const listed = await tried(fleet, async () => void pending.push(...(await listPending(fleet))));
    if (!listed) return { expected: 0, done: 0, note: "The pending sites could not be listed" };
    const approved: string[] = [];
    await inParallel(fleet, pending, width, async ({ site, device }) => {
      device.listed = true;
      if (!(await tried(fleet, () => fleet.client.approveSite(site.siteId)))) return;
      approved.push(site.name);
      advanced();
    });
    const note = approved.length > 0 ? { note: `Approved: ${someOf(approved.sort())}` } : {};
    return { expected: pending.length, done: approved.length, ...note };
  },
};

/** Whether the server did as it was asked; a failure is counted. */
async function tried(fleet: Fleet, ask: () => Promise<void>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (!(error instanceof FirstbootError)) throw error;
    fleet.metrics.failed("approve", reasonOf(error), fleet.now());
    return false;
  }
}

/** The fleet's own among the server's pending sites. */
async function listPending(fleet: Fleet): Promise<Pending[]> {
  const own = new Map<string, VirtualDevice>();
  for (const device of fleet.devices) {
    const identity = siteIdentity(await readTree(fleet.world.disk, device.spec.directory));
    if (identity) own.set(identity.id, device);
  }
  const pending = await fleet.client.listSites(fleet.org, { status: "pending" });
  return pending.flatMap((site) => {
    const device = own.get(site.newtId ?? "");
    return device ? [{ site, device }] : [];
  });
}

function someOf(names: readonly string[]): string {
  const more = names.length > named ? ` and ${names.length - named} more` : "";
  return `${names.slice(0, named).join(", ")}${more}`;
}
