import type { TargetHealth, TargetItem } from "../../../protocol/integration/schema.js";
import { type StoreBase, timeOrNull } from "../base.js";
import type { Database, Tx } from "../schema.js";
import { statement } from "../statement.js";

/** What a newt has found, by the ids of targets. */
export type HealthReport = Readonly<Record<string, { readonly status: TargetHealth }>>;

/** Targets with their resources. */
function fullTargets(on: Database | Tx) {
  return on.selectFrom("target").innerJoin("resource", "resource.id", "target.resource_id");
}

/** Targets as `targetItem` takes them, with the niceIds of their sites. */
export function shownTargets(on: Database | Tx) {
  return fullTargets(on)
    .innerJoin("site", "site.id", "target.site_id")
    .selectAll("target")
    .select(["resource.nice_id", "site.nice_id as site", "resource.enabled as offered"]);
}

type ShownTarget = Awaited<ReturnType<ReturnType<typeof shownTargets>["executeTakeFirstOrThrow"]>>;

/** As the API shows it. */
export function targetItem(row: ShownTarget): TargetItem {
  return {
    targetId: row.id,
    resourceNiceId: row.nice_id,
    protocol: row.protocol,
    host: row.host,
    port: row.port,
    internalPort: row.internal_port,
    enabled: row.enabled === 1 && row.offered === 1,
    health: row.health_check === null ? null : row.health,
    healthAt: timeOrNull(row.health_at),
  };
}

/** Targets that newts forward to: of those that are switched off, and of resources that are, nothing is told. */
export function servedTargets(on: Tx) {
  return fullTargets(on)
    .where("target.enabled", "=", 1)
    .where("target.host", "<>", "")
    .where("resource.enabled", "=", 1);
}

const selectChecked = statement((on, hole) =>
  servedTargets(on)
    .select(["target.id", "target.health"])
    .where("target.site_id", "=", hole<number>("siteId"))
    .where("target.health_check", "is not", null),
);

const setHealth = statement((on, hole) =>
  on
    .updateTable("target")
    .set({ health: hole<TargetHealth>("status"), health_at: hole<number>("now") })
    .where("id", "=", hole<number>("id")),
);

/** What newts forward to. */
export function targetStore({ world, database, command }: StoreBase) {
  return {
    /** Of one site, in the order in which they came about. */
    list: async (siteId: number): Promise<TargetItem[]> => {
      const rows = await shownTargets(database).where("target.site_id", "=", siteId).orderBy("target.id").execute();
      return rows.map(targetItem);
    },

    /** Remembers what a site's newt has found of its own targets; what is none of its checks is passed over. */
    noteHealth: (siteId: number, report: HealthReport): Promise<void> =>
      command(async (tx) => {
        const { rows } = await selectChecked(tx, { siteId });
        for (const { id, health } of rows) {
          const status = Object.hasOwn(report, id) ? report[id]?.status : undefined;
          if (status && status !== health) await setHealth(tx, { id, status, now: world.clock.now() });
        }
      }),
  };
}
