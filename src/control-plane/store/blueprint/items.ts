import type { BlueprintItem } from "../../../protocol/integration/schema.js";
import type { Page, Range } from "../base.js";
import { textsIfWhole } from "../json-list.js";
import type { BlueprintRow, Database } from "../schema.js";

/** A document of the history, as it came. */
export interface BlueprintRecord {
  readonly item: BlueprintItem;
  /** JSON, if it was JSON at all. */
  readonly contents: string;
  readonly warnings: readonly string[];
}

/** Newest first. */
export async function listItems(
  database: Database,
  orgId: string,
  { limit, offset }: Range,
): Promise<Page<BlueprintItem>> {
  const all = database.selectFrom("blueprint").where("org_id", "=", orgId);
  const rows = await all.select(columns).orderBy("id", "desc").limit(limit).offset(offset).execute();
  const { total } = await all.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map(itemOf), total };
}

export async function findRecord(database: Database, orgId: string, id: number): Promise<BlueprintRecord | undefined> {
  const row = await database
    .selectFrom("blueprint")
    .select([...columns, "contents", "warnings"])
    .where("org_id", "=", orgId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { item: itemOf(row), contents: row.contents, warnings: textsIfWhole(row.warnings) ?? [] };
}

const columns = [
  "id",
  "name",
  "source",
  "succeeded",
  "org_id",
  "created_at",
  "message",
  "site_id",
  "parked",
  "applications",
  "last_at",
  "once",
] as const;

function itemOf(row: Pick<BlueprintRow, (typeof columns)[number]>): BlueprintItem {
  return {
    blueprintId: row.id,
    name: row.name,
    source: row.source,
    succeeded: row.succeeded === 1,
    orgId: row.org_id,
    createdAt: seconds(row.created_at),
    message: row.message,
    siteId: row.site_id,
    parked: row.parked === 1,
    applications: row.applications,
    lastAppliedAt: seconds(row.last_at ?? row.created_at),
    once: row.once === 1,
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
