import { sql } from "kysely";
import { listed } from "../listed.js";
import type { TargetRow, Tx } from "../schema.js";
import { statement } from "../statement.js";
import type { PlannedTarget, TargetPlan } from "./plan.js";

const selectRows = statement((on, hole) =>
  on
    .selectFrom("target")
    .selectAll()
    .where("resource_id", "in", listed<number>(hole<string>("resources")))
    .orderBy("id"),
);

const deleteRows = statement((on, hole) =>
  on.deleteFrom("target").where("id", "in", listed<number>(hole<string>("ids"))),
);

/** Out of the way of others, until they have their own: ports are unique at a site. */
const freePorts = statement((on, hole) =>
  on
    .updateTable("target")
    .set(({ neg, ref }) => ({ internal_port: neg(ref("id")) }))
    .where("id", "in", listed<number>(hole<string>("ids"))),
);

/** Rows as `[id, site, protocol, host, port, internal port, enabled, check]`. Of a check that has changed nothing is known. */
const update = statement((on, hole) =>
  on
    .updateTable("target")
    .from(sql`json_each(${hole<string>("rows")})`.as("given"))
    .set({
      site_id: sql<number>`given.value ->> 1`,
      protocol: sql<TargetRow["protocol"]>`given.value ->> 2`,
      host: sql<string>`given.value ->> 3`,
      port: sql<number>`given.value ->> 4`,
      internal_port: sql<number>`given.value ->> 5`,
      enabled: sql<number>`given.value ->> 6`,
      health: sql<TargetRow["health"]>`iif(health_check is given.value ->> 7, health, 'unknown')`,
      health_at: sql<number | null>`iif(health_check is given.value ->> 7, health_at, null)`,
      health_check: sql<string | null>`given.value ->> 7`,
    })
    .where("target.id", "=", sql<number>`given.value ->> 0`),
);

/** Rows as `[resource, position, site, protocol, host, port, internal port, enabled, check]`. */
const insert = statement((on, hole) =>
  on
    .insertInto("target")
    .columns([
      "resource_id",
      "position",
      "site_id",
      "protocol",
      "host",
      "port",
      "internal_port",
      "enabled",
      "health_check",
    ])
    .expression(
      sql`select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8 from json_each(${hole<string>("rows")})`,
    ),
);

/** Targets of resources, by resource. */
export async function targetsOf(tx: Tx, resources: readonly number[]): Promise<Map<number, TargetRow[]>> {
  const found = new Map<number, TargetRow[]>(resources.map((id) => [id, []]));
  if (resources.length === 0) return found;
  const { rows } = await selectRows(tx, { resources: JSON.stringify(resources) });
  for (const row of rows) found.get(row.resource_id)?.push(row);
  return found;
}

/** Carries a plan out. `resources`: ids by niceId. */
export async function putTargets(
  tx: Tx,
  { removed, targets }: TargetPlan,
  resources: ReadonlyMap<string, number>,
): Promise<void> {
  if (removed.length > 0) await deleteRows(tx, { ids: JSON.stringify(removed.map(({ id }) => id)) });
  const changed = targets.flatMap(({ row, ...to }) => (row ? [{ row, to }] : []));
  const moved = changed.flatMap(({ row, to }) =>
    row.internal_port !== to.internal_port || row.site_id !== to.site_id ? [row.id] : [],
  );
  if (moved.length > 0) await freePorts(tx, { ids: JSON.stringify(moved) });
  if (changed.length > 0) {
    const rows = changed.map(({ row: { id }, to }) => [id, ...placed(to)]);
    await update(tx, { rows: JSON.stringify(rows) });
  }
  const added = targets.filter(({ row }) => !row);
  if (added.length > 0) {
    const rows = added.map((to) => [resources.get(to.niceId) ?? null, to.position, ...placed(to)]);
    await insert(tx, { rows: JSON.stringify(rows) });
  }
}

/** Where a target leads and how, in the order that statements take it. */
function placed(to: Omit<PlannedTarget, "row">) {
  return [to.site_id, to.protocol, to.host, to.port, to.internal_port, to.enabled, to.health_check];
}
