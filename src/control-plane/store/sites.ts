import { sql } from "kysely";
import type { SiteItem, SiteStatus } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { audit } from "./audit.js";
import { type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import type { BlueprintStore } from "./blueprints.js";
import type { Database, Tx } from "./schema.js";

/** Which sites; what is absent does not matter. */
export interface SiteWish {
  readonly status?: SiteStatus | undefined;
  /** A part of the name or niceId. */
  readonly query?: string | undefined;
  /** Only sites with these newts, or only those without. */
  readonly newts?: { readonly ids: readonly string[]; readonly among: boolean } | undefined;
}

/** A site as the store knows it: whether it is online is known elsewhere. */
export type StoredSite = Omit<SiteItem, "online"> & { readonly newtId: string; readonly orgId: string };

/** Who decides, for the audit. */
export interface Decider {
  readonly orgId: string;
  readonly address: string;
}

/** Sites. Every question and command stays within one organisation. */
export function siteStore({ world, database, command }: StoreBase, blueprints: BlueprintStore) {
  function remove(siteId: number, { orgId, address }: Decider, action: "reject" | "delete", statuses: SiteStatus[]) {
    return command(async (tx) => {
      const site = await findSite(tx, orgId, siteId);
      if (!site) return undefined;
      if (!statuses.includes(site.status)) return { newtId: site.newtId, removed: false };
      await tx.deleteFrom("site").where("id", "=", siteId).execute();
      const at = world.clock.now();
      await audit(tx, { at, action, orgId, target: site.niceId, address, result: "removed" });
      return { newtId: site.newtId, removed: true };
    });
  }

  return {
    /** Oldest first. */
    list: async (orgId: string, wish: SiteWish, { limit, offset }: Range): Promise<Page<StoredSite>> => {
      const sites = matching(database, orgId, wish);
      const rows = await sites.select(columns).orderBy("site.id").limit(limit).offset(offset).execute();
      const { total } = await sites.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(storedSite), total };
    },

    find: async (orgId: string, by: { siteId: number } | { niceId: string }): Promise<StoredSite | undefined> => {
      const sites = matching(database, orgId, {}).select(columns);
      const row = await ("siteId" in by
        ? sites.where("site.id", "=", by.siteId)
        : sites.where("site.nice_id", "=", by.niceId)
      ).executeTakeFirst();
      return row && storedSite(row);
    },

    /** Approves a site and applies what it has parked. `changed` is false for one that was approved already. */
    approve: (siteId: number, { orgId, address }: Decider): Promise<{ newtId: string; changed: boolean } | undefined> =>
      command(async (tx) => {
        const site = await findSite(tx, orgId, siteId);
        if (!site) return undefined;
        if (site.status === "approved") return { newtId: site.newtId, changed: false };
        await tx.updateTable("site").set({ status: "approved" }).where("id", "=", siteId).execute();
        await blueprints.release(tx, { siteId, orgId });
        const at = world.clock.now();
        await audit(tx, { at, action: "approve", orgId, target: site.niceId, address, result: "approved" });
        return { newtId: site.newtId, changed: true };
      }),

    /** Removes a pending site with its credentials and sessions; `removed` is false for one that is not pending. */
    reject: (siteId: number, decider: Decider) => remove(siteId, decider, "reject", ["pending"]),

    /** Removes a site with its credentials, sessions and resources. */
    delete: (siteId: number, decider: Decider) => remove(siteId, decider, "delete", ["pending", "approved"]),

    /** Remembers when a site was last heard of, for the time after its channel. */
    seen: (siteId: number, at: number): Promise<void> =>
      command(async (tx) => {
        await tx.updateTable("site").set({ last_seen_at: at }).where("id", "=", siteId).execute();
      }),

    /** Remembers the version that a site's newt reports. */
    reportVersion: (siteId: number, version: string): Promise<void> =>
      command(async (tx) => {
        await tx.updateTable("site").set({ newt_version: version }).where("id", "=", siteId).execute();
      }),
  };
}

const columns = [
  "site.id",
  "site.org_id",
  "site.nice_id",
  "site.name",
  "site.status",
  "site.provisioning_key_id",
  "site.newt_version",
  "site.created_at",
  "site.last_seen_at",
  "newt.id as newt_id",
] as const;

function matching(database: Database, orgId: string, { status, query, newts }: SiteWish) {
  let sites = database.selectFrom("site").innerJoin("newt", "newt.site_id", "site.id").where("site.org_id", "=", orgId);
  if (status) sites = sites.where("site.status", "=", status);
  if (query) {
    const part = query.toLowerCase();
    sites = sites.where(({ fn, eb, or }) =>
      or([
        eb(fn<number>("instr", [fn<string>("lower", ["site.name"]), eb.val(part)]), ">", 0),
        eb(fn<number>("instr", ["site.nice_id", eb.val(part)]), ">", 0),
      ]),
    );
  }
  if (newts) {
    // One bound value for any number of ids: SQLite limits how many a statement may have.
    const ids = sql<string>`(select value from json_each(${JSON.stringify(newts.ids)}))`;
    sites = sites.where("newt.id", newts.among ? "in" : "not in", ids);
  }
  return sites;
}

interface SiteRow {
  readonly id: number;
  readonly org_id: string;
  readonly nice_id: string;
  readonly name: string;
  readonly status: SiteStatus;
  readonly provisioning_key_id: string | null;
  readonly newt_version: string | null;
  readonly created_at: number;
  readonly last_seen_at: number | null;
  readonly newt_id: string;
}

function storedSite(row: SiteRow): StoredSite {
  return {
    siteId: row.id,
    niceId: row.nice_id,
    name: row.name,
    orgId: row.org_id,
    type: "newt",
    status: row.status,
    address: null,
    newtId: row.newt_id,
    newtVersion: row.newt_version,
    siteProvisioningKeyId: row.provisioning_key_id,
    createdAt: isoTime(row.created_at),
    lastSeen: timeOrNull(row.last_seen_at),
  };
}

function findSite(tx: Tx, orgId: string, siteId: number) {
  return tx
    .selectFrom("site")
    .innerJoin("newt", "newt.site_id", "site.id")
    .select(["site.status", "site.nice_id as niceId", "newt.id as newtId"])
    .where("site.id", "=", siteId)
    .where("site.org_id", "=", orgId)
    .executeTakeFirst();
}
