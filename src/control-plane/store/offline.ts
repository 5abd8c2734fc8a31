import type { Attendance } from "./attendance.js";
import { audit } from "./audit.js";
import type { StoreBase } from "./base.js";
import { type RemovedSites, removingSites } from "./removed-sites.js";
import type { ProvisioningKeyRow, Tx } from "./schema.js";
import type { ConfigChange } from "./target/site-config.js";

/** Sites that are looked at at once; a bound, since requests wait meanwhile. */
const pageSize = 256;

type LabKey = Pick<ProvisioningKeyRow, "id" | "org_id">;

/** Keys whose `siteTtlOffline` is no longer than attendance has been known for, milliseconds. */
function labKeys(tx: Tx, known: number): Promise<LabKey[]> {
  return tx
    .selectFrom("provisioning_key")
    .select(["id", "org_id"])
    .where("site_ttl_offline", "is not", null)
    .where("site_ttl_offline", "<=", known)
    .execute();
}

/** Sites of a key that have not been heard of for its `siteTtlOffline`; those with a channel may be among them. */
function silentSites(tx: Tx, key: LabKey, now: number) {
  return tx
    .selectFrom("site")
    .select("site.id")
    .where("site.provisioning_key_id", "=", key.id)
    .where("site.org_id", "=", key.org_id)
    .where(({ eb, fn, selectFrom }) => {
      const ttl = selectFrom("provisioning_key").select("site_ttl_offline").where("id", "=", key.id);
      return eb(fn.coalesce("site.last_seen_at", "site.created_at"), "<=", eb(eb.val(now), "-", ttl));
    });
}

/** Sites of keys with `siteTtlOffline` that stay away that long. */
export function offlineStore({ world, command, look }: StoreBase) {
  /** The newts of a page of silent sites, by site. */
  function newtsOf(key: LabKey, after: number) {
    return look((tx) =>
      silentSites(tx, key, world.clock.now())
        .innerJoin("newt", "newt.site_id", "site.id")
        .select("newt.id as newtId")
        .where("site.id", ">", after)
        .orderBy("site.id")
        .limit(pageSize)
        .execute(),
    );
  }

  /**
   * Removes those sites that are silent still and have no channel. A channel that closed before this was called has had
   * its end written down before it runs, since commands run in their order.
   */
  function removeSilent(
    key: LabKey,
    sites: readonly { id: number; newtId: string }[],
    attendance: Attendance,
  ): Promise<RemovedSites> {
    return command(async (tx) => {
      const now = world.clock.now();
      const newtIds: string[] = [];
      const configs: ConfigChange[] = [];
      for (const { id, newtId } of sites) {
        if (attendance.get(newtId)) continue;
        const { value, changes } = await removingSites(tx, [id], () =>
          tx
            .deleteFrom("site")
            .where("id", "in", silentSites(tx, key, now).where("site.id", "=", id))
            .returning("nice_id")
            .execute(),
        );
        const [site] = value;
        if (!site) continue;
        const target = site.nice_id;
        await audit(tx, { at: now, action: "expire", orgId: key.org_id, keyId: key.id, target, result: "removed" });
        newtIds.push(newtId);
        configs.push(...changes);
      }
      return { newtIds, configs };
    });
  }

  return {
    /** Removes sites that have been away for too long; `removed` hears of them after each commit. */
    remove: async (attendance: Attendance, removed: (sites: RemovedSites) => void): Promise<void> => {
      const known = world.clock.monotonic() - attendance.since;
      for (const key of await look((tx) => labKeys(tx, known))) {
        let last = 0;
        for (;;) {
          const sites = await newtsOf(key, last);
          const away = sites.filter(({ newtId }) => !attendance.get(newtId));
          if (away.length > 0) removed(await removeSilent(key, away, attendance));
          const end = sites.at(-1);
          if (!end || sites.length < pageSize) break;
          last = end.id;
        }
      }
    },
  };
}
