import { sql } from "kysely";
import type { ResourceItem, ResourceKind } from "../../../protocol/integration/schema.js";
import { unnamed } from "../../../provisioning/blueprint/index.js";
import { isoTime } from "../../../world/clock.js";
import { textsOrNone } from "../json-list.js";
import type { Database, Tx } from "../schema.js";

/** Which resources; what is absent does not matter. */
export interface ResourceWish {
  readonly kind?: ResourceKind | undefined;
  /** niceId of a site that they lead to or go with. */
  readonly site?: string | undefined;
}

/** niceIds of the sites that a resource leads to, as a JSON list. */
const reached = sql<string>`(
  select json_group_array(nice_id) from (
    select nice_id from site where id in (
      select site_id from target where resource_id = resource.id
      union select site_id from resource_site where resource_id = resource.id
    ) order by nice_id
  )
)`;

/** A text of a resource's document, which may be damaged. */
function textAt(name: string) {
  const document = sql.ref("resource.document");
  return sql<string | null>`iif(json_valid(${document}), (
    select value from json_each(${document}) where key = ${name} and type = 'text'
  ), null)`;
}

/** Resources as `resourceItem` takes them. Their documents, which may be large, stay behind. */
export function shownResources(on: Database | Tx) {
  return on
    .selectFrom("resource")
    .select([
      "resource.id",
      "resource.kind",
      "resource.nice_id",
      "resource.enabled",
      "resource.edited_at",
      "resource.source",
      "resource.updated_at",
      reached.as("sites"),
    ])
    .select(({ selectFrom }) => [
      selectFrom("site").select("nice_id").whereRef("id", "=", "resource.site_id").as("owner_site"),
      selectFrom("site").select("nice_id").whereRef("id", "=", "resource.governed_by").as("governor_site"),
    ])
    .select([textAt("name").as("name"), textAt("mode").as("mode")]);
}

type ShownRow = Awaited<ReturnType<ReturnType<typeof shownResources>["executeTakeFirstOrThrow"]>>;

/** As the API shows it. */
export function resourceItem(row: ShownRow): ResourceItem {
  return {
    resourceId: row.id,
    kind: row.kind,
    niceId: row.nice_id,
    name: row.name || unnamed,
    mode: row.mode,
    enabled: row.enabled === 1,
    sites: textsOrNone(row.sites) ?? [],
    ownerSite: row.owner_site,
    governedBy: row.governor_site,
    overwriteExpected: row.governor_site !== null && row.edited_at !== null,
    source: row.source,
    updatedAt: isoTime(row.updated_at),
  };
}

/** Resources of an organisation alone: to count and to skip them takes an index. */
export function matchingResources(on: Database | Tx, orgId: string, { kind, site }: ResourceWish) {
  let resources = on.selectFrom("resource").where("resource.org_id", "=", orgId);
  if (kind !== undefined) resources = resources.where("resource.kind", "=", kind);
  if (site !== undefined) {
    const wanted = on.selectFrom("site").select("id").where("org_id", "=", orgId).where("nice_id", "=", site);
    resources = resources.where("resource.id", "in", ({ selectFrom }) =>
      selectFrom("resource as own")
        .select("own.id")
        .where("own.site_id", "in", wanted)
        .union(selectFrom("target").select("resource_id as id").where("site_id", "in", wanted))
        .union(selectFrom("resource_site").select("resource_id as id").where("site_id", "in", wanted)),
    );
  }
  return resources;
}
