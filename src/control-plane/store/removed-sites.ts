import { listed } from "./listed.js";
import type { Tx } from "./schema.js";
import { type ConfigChange, changingConfigs } from "./target/site-config.js";

/** Sites that are gone, with what belonged to them. */
export interface RemovedSites {
  /** Whose channels are to be closed. */
  readonly newtIds: readonly string[];
  /** What the newts of other sites have to do no more: targets of resources that went with their sites. */
  readonly configs: readonly ConfigChange[];
}

/** Runs work that removes sites; tells what newts of others are to do differently then. */
export async function removingSites<T>(
  tx: Tx,
  siteIds: readonly number[],
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly changes: readonly ConfigChange[] }> {
  return changingConfigs(tx, await sitesLedTo(tx, siteIds), work);
}

/** Other sites that resources of some sites lead to. */
async function sitesLedTo(tx: Tx, siteIds: readonly number[]): Promise<number[]> {
  const ids = listed<number>(JSON.stringify(siteIds));
  const rows = await tx
    .selectFrom("resource")
    .innerJoin("target", "target.resource_id", "resource.id")
    .select("target.site_id")
    .distinct()
    .where("resource.site_id", "in", ids)
    .where("target.site_id", "not in", ids)
    .execute();
  return rows.map(({ site_id }) => site_id);
}
