import { sql } from "kysely";
import type { BlueprintSource, ResourceKind } from "../../../protocol/integration/schema.js";
import { listed } from "../listed.js";
import type { ResourceRow, Tx } from "../schema.js";
import { type HoleMaker, statement } from "../statement.js";
import { putTargets } from "../target/rows.js";
import type { ResourceName } from "./mentions.js";
import type { ApplyPlan, PlannedReach } from "./plan.js";
import type { PlannedRow } from "./planned-row.js";

const insertRoles = statement((on, hole) =>
  on
    .insertInto("role")
    .columns(["org_id", "name", "created_at"])
    .expression(sql`select ${hole("orgId")}, value, ${hole("at")} from json_each(${hole("names")}) where true`)
    .onConflict((conflict) => conflict.doNothing()),
);

/** What an application may write into a row that is there already. */
function changing(hole: HoleMaker) {
  return {
    governed_by: hole<number | null>("governed_by"),
    edited_at: hole<number | null>("edited_at"),
    source: hole<BlueprintSource>("source"),
    document: hole<string>("document"),
    enabled: hole<number>("enabled"),
    full_domain: hole<string | null>("full_domain"),
    alias: hole<string | null>("alias"),
    proxy_protocol: hole<ResourceRow["proxy_protocol"]>("proxy_protocol"),
    proxy_port: hole<number | null>("proxy_port"),
    updated_at: hole<number>("updated_at"),
  };
}

const insertRow = statement((on, hole) =>
  on
    .insertInto("resource")
    .values({
      org_id: hole<string>("org_id"),
      kind: hole<ResourceKind>("kind"),
      nice_id: hole<string>("nice_id"),
      site_id: hole<number | null>("site_id"),
      ...changing(hole),
    })
    .returning("id"),
);

const updateRow = statement((on, hole) =>
  on.updateTable("resource").set(changing(hole)).where("id", "=", hole<number>("id")),
);

const release = statement((on, hole) =>
  on
    .updateTable("resource")
    .set({ governed_by: null, edited_at: null })
    .where("id", "in", listed<number>(hole<string>("ids"))),
);

/** Of resources, the sites that are not among `[[resource, site], …]`. */
const deleteReach = statement((on, hole) =>
  on
    .deleteFrom("resource_site")
    .where("resource_id", "in", sql<number>`(select value ->> 0 from json_each(${hole("pairs")}))`)
    .where(
      sql<boolean>`(resource_id, site_id) not in (select value ->> 0, value ->> 1 from json_each(${hole("pairs")}))`,
    ),
);

const insertReach = statement((on, hole) =>
  on
    .insertInto("resource_site")
    .columns(["resource_id", "site_id"])
    .expression(sql`select value ->> 0, value ->> 1 from json_each(${hole("pairs")}) where true`)
    .onConflict((conflict) => conflict.doNothing()),
);

/** Writes a plan, and nothing that is so already. */
export async function carryOut(tx: Tx, orgId: string, plan: ApplyPlan, at: number): Promise<void> {
  const { rows, roles, released, reach, targets, ids } = plan;
  if (roles.length > 0) await insertRoles(tx, { orgId, at, names: JSON.stringify(roles) });
  const made = { policy: new Map<string, number>(), public: new Map(ids.public), private: new Map(ids.private) };
  for (const row of rows) made[row.kind].set(row.nice_id, await putRow(tx, row));
  if (released.length > 0) await release(tx, { ids: JSON.stringify(released) });
  if (reach.length > 0) await putReach(tx, reach, made.private);
  await putTargets(tx, targets, made.public);
}

async function putRow(tx: Tx, { id, ...row }: PlannedRow): Promise<number> {
  if (id === undefined) return (await insertRow(tx, row)).rows[0]?.id ?? 0;
  await updateRow(tx, { ...row, id });
  return id;
}

async function putReach(tx: Tx, reach: readonly PlannedReach[], ids: ReadonlyMap<string, number>): Promise<void> {
  const pairs = JSON.stringify(reach.flatMap(({ niceId, sites }) => sites.map((site) => [ids.get(niceId), site])));
  if (reach.some(({ isNew }) => !isNew)) await deleteReach(tx, { pairs });
  await insertReach(tx, { pairs });
}

/** A resource that is to be deleted. */
interface Doomed {
  readonly id: number;
  readonly governedBy: number | null;
  /** Where its targets are. */
  readonly sites: readonly number[];
}

/** undefined: there is none. */
export async function findResource(
  tx: Tx,
  { orgId, kind, niceId }: ResourceName & { readonly orgId: string },
): Promise<Doomed | undefined> {
  const row = await tx
    .selectFrom("resource")
    .select(["id", "governed_by as governedBy"])
    .where("org_id", "=", orgId)
    .where("kind", "=", kind)
    .where("nice_id", "=", niceId)
    .executeTakeFirst();
  if (!row) return undefined;
  const sites = await tx.selectFrom("target").select("site_id").distinct().where("resource_id", "=", row.id).execute();
  return { ...row, sites: sites.map(({ site_id }) => site_id) };
}

/** niceIds of the public resources that share a policy. */
export async function policyUsers(tx: Tx, orgId: string, niceId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom("resource")
    .select("nice_id")
    .where("org_id", "=", orgId)
    .where("kind", "=", "public")
    .where(sql<boolean>`iif(json_valid(document), document ->> 'policy', null) = ${niceId}`)
    .orderBy("id")
    .execute();
  return rows.map(({ nice_id }) => nice_id);
}

export async function deleteResource(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom("resource").where("id", "=", id).execute();
}
