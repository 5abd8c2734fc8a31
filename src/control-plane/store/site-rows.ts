import { sql } from "kysely";
import type { SiteItem, SiteStatus } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { shownLabels, timeOrNull } from "./base.js";
import type { Database, Tx } from "./schema.js";

/** Which sites; what is absent does not matter. */
export interface SiteWish {
  readonly status?: SiteStatus | undefined;
  /** A part of the name or niceId. */
  readonly query?: string | undefined;
  /** Only sites with these newts, or only those without. */
  readonly newts?: { readonly ids: readonly string[]; readonly among: boolean } | undefined;
  /** Only sites with all of these. */
  readonly labels?: readonly string[] | undefined;
}

/** A site as the store knows it: whether it is online is known elsewhere. */
export type StoredSite = Omit<SiteItem, "online"> & { readonly newtId: string; readonly orgId: string };

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
  "site.labels",
  "newt.id as newt_id",
] as const;

/** Sites with their newts, as `storedSite` takes them. */
export function fullSites(database: Database | Tx) {
  return database.selectFrom("site").innerJoin("newt", "newt.site_id", "site.id").select(columns);
}

export type SiteRow = Awaited<ReturnType<ReturnType<typeof fullSites>["executeTakeFirstOrThrow"]>>;

export function storedSite(row: SiteRow): StoredSite {
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
    ...shownLabels(row.labels),
  };
}

/** The values of a list as a table: one bound value for any number of them, which SQLite limits. */
function valuesOf(list: readonly string[]) {
  return sql<string>`(select value from json_each(${JSON.stringify(list)}))`;
}

/** Sites of an organisation without their newts: to count and to skip them then takes an index alone. */
export function matchingSites(database: Database, orgId: string, { status, query, newts, labels = [] }: SiteWish) {
  let sites = database.selectFrom("site").where("site.org_id", "=", orgId);
  // As a literal, so that the index of what is pending can serve.
  if (status) sites = sites.where("site.status", "=", sql.lit(status));
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
    const theirs = database.selectFrom("newt").select("site_id").where("id", "in", valuesOf(newts.ids));
    sites = sites.where("site.id", newts.among ? "in" : "not in", theirs);
  }
  for (const label of labels) {
    sites = sites.where(sql<boolean>`exists (select 1 from json_each(site.labels) where value = ${label})`);
  }
  return sites;
}

/** Whether a wish leaves no site out. */
export function isAll({ status, query, newts, labels = [] }: SiteWish): boolean {
  return !status && !query && !newts && labels.length === 0;
}
