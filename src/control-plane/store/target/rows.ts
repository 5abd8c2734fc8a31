import { type Expression, sql } from "kysely";
import type { TargetRow, Tx } from "../schema.js";
import { statement } from "../statement.js";
import type { PlannedTarget, TargetPlan } from "./plan.js";

/** The values of a JSON list as a table: one bound value for any number of them. */
function listed(list: Expression<string>) {
  return sql<number>`(select value from json_each(${list}))`;
}

const selectRows = statement((on, hole) =>
  on
    .selectFrom("target")
    .selectAll()
    .where("resource_id", "in", listed(hole<string>("resources")))
    .orderBy("id"),
);

const selectPorts = statement((on, hole) =>
  on.selectFrom("target").select("internal_port").where("site_id", "=", hole<number>("siteId")),
);

const deleteRows = statement((on, hole) => on.deleteFrom("target").where("id", "in", listed(hole<string>("ids"))));

/** Out of the way of others, until they have their own: ports are unique at a site. */
const freePorts = statement((on, hole) =>
  on
    .updateTable("target")
    .set(({ neg, ref }) => ({ internal_port: neg(ref("id")) }))
    .where("id", "in", listed(hole<string>("ids"))),
);

/** Of a check that has changed nothing is known. */
const update = statement((on, hole) =>
  on
    .updateTable("target")
    .set(({ eb, ref }) => {
      const isSame = eb("health_check", "is", hole<string | null>("health_check"));
      return {
        protocol: hole<TargetRow["protocol"]>("protocol"),
        host: hole<string>("host"),
        port: hole<number>("port"),
        internal_port: hole<number>("internal_port"),
        enabled: hole<number>("enabled"),
        health: eb
          .case()
          .when(isSame)
          .then(ref("health"))
          .else("unknown" as const)
          .end(),
        health_at: eb.case().when(isSame).then(ref("health_at")).end(),
        health_check: hole<string | null>("health_check"),
      };
    })
    .where("id", "=", hole<number>("id")),
);

const insert = statement((on, hole) =>
  on.insertInto("target").values({
    resource_id: hole<number>("resourceId"),
    site_id: hole<number>("siteId"),
    position: hole<number>("position"),
    protocol: hole<TargetRow["protocol"]>("protocol"),
    host: hole<string>("host"),
    port: hole<number>("port"),
    internal_port: hole<number>("internal_port"),
    enabled: hole<number>("enabled"),
    health_check: hole<string | null>("health_check"),
  }),
);

/** Targets of resources, by resource. */
export async function targetsOf(tx: Tx, resources: readonly number[]): Promise<Map<number, TargetRow[]>> {
  const found = new Map<number, TargetRow[]>(resources.map((id) => [id, []]));
  if (resources.length === 0) return found;
  const { rows } = await selectRows(tx, { resources: JSON.stringify(resources) });
  for (const row of rows) found.get(row.resource_id)?.push(row);
  return found;
}

/** Where a site's newt listens, for targets that are switched off too. */
export async function portsOf(tx: Tx, siteId: number): Promise<number[]> {
  return (await selectPorts(tx, { siteId })).rows.map(({ internal_port }) => internal_port);
}

/** Carries a plan out. `resources`: ids by niceId. */
export async function putTargets(
  tx: Tx,
  siteId: number,
  { removed, targets }: TargetPlan,
  resources: ReadonlyMap<string, number>,
): Promise<void> {
  if (removed.length > 0) await deleteRows(tx, { ids: JSON.stringify(removed) });
  const moved = targets.flatMap(({ row, internal_port }) =>
    row && row.internal_port !== internal_port ? [row.id] : [],
  );
  if (moved.length > 0) await freePorts(tx, { ids: JSON.stringify(moved) });
  for (const target of targets) {
    const { row, niceId, position, ...place } = target;
    const { protocol, host, port, internal_port, enabled, health_check } = place;
    const values = { protocol, host, port, internal_port, enabled, health_check };
    if (!row) await insert(tx, { ...values, position, siteId, resourceId: resources.get(niceId) ?? null });
    else if (!isAsPlanned(row, target)) await update(tx, { ...values, id: row.id });
  }
}

function isAsPlanned(row: TargetRow, target: PlannedTarget): boolean {
  return (["protocol", "host", "port", "internal_port", "enabled", "health_check"] as const).every(
    (name) => row[name] === target[name],
  );
}
