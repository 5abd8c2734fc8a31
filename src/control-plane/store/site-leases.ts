import { audit } from "./audit.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Leases that one statement ends: a bound, since requests wait meanwhile. */
export const largestReclaim = 256;

const deleteSites = statement((on, hole) =>
  on
    .deleteFrom("site")
    .where("id", "in", ({ selectFrom }) =>
      selectFrom("site")
        .innerJoin("provisioning_key as key", (join) =>
          join.onRef("key.id", "=", "site.provisioning_key_id").onRef("key.org_id", "=", "site.org_id"),
        )
        .select("site.id")
        .where("key.id", "=", hole<string>("keyId"))
        .where("site.authenticated_at", "is", null)
        .where(({ eb, ref }) => eb("site.created_at", "<=", eb(hole<number>("now"), "-", ref("key.reclaim_after"))))
        .orderBy("site.created_at")
        .limit(largestReclaim),
    )
    .returning(["nice_id", "org_id"]),
);

const giveBack = statement((on, hole) =>
  on
    .updateTable("provisioning_key")
    .set(({ eb, fn, lit }) => ({ used: fn<number>("max", [eb("used", "-", hole<number>("count")), lit(0)]) }))
    .where("id", "=", hole<string>("keyId")),
);

/**
 * Ends the overdue leases of a key: its sites that have never authenticated are removed, with their credentials and
 * replays, and their uses given back. Returns how many. One statement finds and removes them, so that none of them can
 * authenticate in between.
 */
export async function reclaimSites(tx: Tx, now: number, keyId: string): Promise<number> {
  const { rows } = await deleteSites(tx, { now, keyId });
  if (rows.length === 0) return 0;
  await giveBack(tx, { keyId, count: rows.length });
  for (const { nice_id, org_id } of rows) {
    await audit(tx, { at: now, action: "reclaim", orgId: org_id, keyId, target: nice_id, result: "removed" });
  }
  return rows.length;
}

const renewSite = statement((on, hole) =>
  on
    .updateTable("site")
    .set({ created_at: hole<number>("now") })
    .where("id", "=", ({ selectFrom }) => selectFrom("newt").select("site_id").where("id", "=", hole<string>("newtId")))
    .where("authenticated_at", "is", null),
);

/** A credential that is given again, or anew, counts from now on, or it could be reclaimed on its way to the device. */
export async function renewSiteLease(tx: Tx, newtId: string, now: number): Promise<void> {
  await renewSite(tx, { newtId, now });
}
