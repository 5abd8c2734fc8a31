import { sql } from "kysely";
import type { SiteItem, SiteStatus, siteOrders } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { shownLabels, timeOrNull } from "./base.js";
import { listed } from "./listed.js";
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

/** What a list is sorted by, and which way; by age if nothing is said. Ties go from the oldest. */
export interface SiteOrder {
  readonly by?: (typeof siteOrders)[number] | undefined;
  readonly way: "asc" | "desc";
}

/** A site as the store knows it: what its live channel tells is known elsewhere. */
export type StoredSite = Omit<SiteItem, "online" | "configSeen"> & {
  readonly newtId: string;
  readonly orgId: string;
};

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
  "site.source_address",
  "site.last_address",
  "site.approved_by",
  "site.config_version",
  "newt.id as newt_id",
  "org.name as org_name",
] as const;

/** Sites with their newts and how many resources lead to them or go with them, as `storedSite` takes them. */
export function fullSites(database: Database | Tx) {
  return database
    .selectFrom("site")
    .innerJoin("newt", "newt.site_id", "site.id")
    .innerJoin("org", "org.id", "site.org_id")
    .select(columns)
    .select(({ selectFrom, fn }) =>
      selectFrom(
        selectFrom("resource")
          .select("id")
          .whereRef("resource.site_id", "=", "site.id")
          .union(selectFrom("target").select("resource_id as id").whereRef("target.site_id", "=", "site.id"))
          .union(selectFrom("resource_site").select("resource_id as id").whereRef("site_id", "=", "site.id"))
          .as("touching"),
      )
        .select(fn.countAll<number>().as("count"))
        .as("resources"),
    );
}

export type SiteRow = Awaited<ReturnType<ReturnType<typeof fullSites>["executeTakeFirstOrThrow"]>>;

/** What only sites with a tunnel to an exit node have (PROTOCOLS A21). */
const untunnelled = {
  pubKey: null,
  subnet: null,
  megabytesIn: 0,
  megabytesOut: 0,
  exitNodeId: null,
  exitNodeName: null,
  exitNodeEndpoint: null,
  remoteExitNodeId: null,
} as const;

export function storedSite(row: SiteRow): StoredSite {
  return {
    siteId: row.id,
    niceId: row.nice_id,
    name: row.name,
    orgId: row.org_id,
    orgName: row.org_name ?? row.org_id,
    type: "newt",
    status: row.status,
    address: null,
    ...untunnelled,
    resourceCount: row.resources ?? 0,
    newtUpdateAvailable: false,
    newtId: row.newt_id,
    newtVersion: row.newt_version,
    siteProvisioningKeyId: row.provisioning_key_id,
    createdAt: isoTime(row.created_at),
    lastSeen: timeOrNull(row.last_seen_at),
    sourceAddress: row.source_address,
    lastAddress: row.last_address,
    approvalRuleId: row.approved_by,
    configVersion: row.config_version,
    ...shownLabels(row.labels),
  };
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
    const theirs = database
      .selectFrom("newt")
      .select("site_id")
      .where("id", "in", listed<string>(JSON.stringify(newts.ids)));
    sites = sites.where("site.id", newts.among ? "in" : "not in", theirs);
  }
  for (const label of labels) {
    sites = sites.where(sql<boolean>`exists (select 1 from json_each(site.labels) where value = ${label})`);
  }
  return sites;
}

/** The order as SQL. No site has sent any megabytes: all are ties. */
export function inOrder({ by, way }: SiteOrder) {
  const direction = sql.raw(way);
  if (by === "name") return sql`site.name collate nocase ${direction}, site.id`;
  return by === undefined ? sql`site.id ${direction}` : sql`site.id`;
}

/** Whether a wish leaves no site out. */
export function isAll({ status, query, newts, labels = [] }: SiteWish): boolean {
  return !status && !query && !newts && labels.length === 0;
}
