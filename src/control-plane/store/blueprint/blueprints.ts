import type { BlueprintItem, SiteStatus } from "../../../protocol/integration/schema.js";
import { type BlueprintCheck, checkBlueprint, type Finding, pathText } from "../../../provisioning/blueprint/index.js";
import { niceId } from "../../../provisioning/names.js";
import { isTooDeep } from "../../json-depth.js";
import type { Page, Range, StoreBase } from "../base.js";
import { putResources } from "../resource/put.js";
import type { BlueprintRow, Tx } from "../schema.js";
import { type ConfigChange, changingConfigs } from "../target/site-config.js";

/** The site that a blueprint comes from. */
export interface BlueprintOwner {
  readonly siteId: number;
  readonly orgId: string;
}

/** What became of a blueprint, in words for its sender. */
export interface BlueprintResult {
  readonly success: boolean;
  readonly message: string;
}

/** With what newts have to be told, if that is anything. */
export interface BlueprintOutcome extends BlueprintResult {
  readonly config?: ConfigChange | undefined;
}

const source = "NEWT";
const applied = "Config updated successfully";
const waits = "Blueprint accepted: it waits until this site is approved";
const enough = "Too many blueprints of this site wait until it is approved";

/** How many blueprints of a site may wait, and of how many it is kept that they failed: a site must not fill the disk. */
const most = 50;

/** Blueprints: every one that was sent is kept with what became of it; of those that failed the last 50 of each site. */
export function blueprintStore({ world, database, command }: StoreBase) {
  async function apply(tx: Tx, owner: BlueprintOwner, check: BlueprintCheck): Promise<BlueprintResult> {
    if (!check.ok) return failed(check.problems.map(problemText).join("; "));
    const { clock, random } = world;
    const conflict = await putResources(tx, owner, check.blueprint, { source, at: clock.now(), random });
    return conflict === undefined ? { success: true, message: applied } : failed(conflict);
  }

  /** Keeps a valid blueprint of a pending site until it is approved; the same one again adds nothing. */
  async function park(tx: Tx, { siteId, orgId }: BlueprintOwner, contents: string): Promise<BlueprintResult> {
    const result = { success: true, message: waits };
    if (await isKnown(tx, siteId, contents, "parked")) return result;
    if ((await nthNewest(tx, siteId, "parked")) !== undefined) return { success: false, message: enough };
    await remember(tx, { siteId, orgId }, contents, result, true);
    return result;
  }

  async function remember(
    tx: Tx,
    { siteId, orgId }: BlueprintOwner,
    contents: string,
    { success, message }: BlueprintResult,
    parked: boolean,
  ): Promise<void> {
    await tx
      .insertInto("blueprint")
      .values({
        org_id: orgId,
        site_id: siteId,
        name: niceId(world.random),
        source,
        contents,
        succeeded: success && !parked ? 1 : 0,
        parked: parked ? 1 : 0,
        message,
        created_at: world.clock.now(),
      })
      .execute();
  }

  return {
    /**
     * Applies a site's blueprint (JSON text) whole or not at all; parks it while the site is pending. `once`: what this
     * site has had applied is confirmed again and left as it is.
     */
    apply: (owner: BlueprintOwner, contents: string, once = false): Promise<BlueprintOutcome> => {
      const check = checkText(contents);
      return command(async (tx) => {
        const status = await statusOf(tx, owner.siteId);
        if (status === undefined) return failed("the site does not exist any more");
        if (status === "pending" && check.ok) return park(tx, owner, contents);
        if (once && (await isKnown(tx, owner.siteId, contents, "succeeded")))
          return { success: true, message: applied };
        const { value, changes } = await changingConfigs(tx, [owner.siteId], () => apply(tx, owner, check));
        await remember(tx, owner, contents, value, false);
        if (!value.success) await forgetFailed(tx, owner.siteId);
        return { ...value, config: changes[0] };
      });
    },

    /** Applies what a site has parked, in the order it came. Returns what its newt has to be told, if that is anything. */
    release: async (tx: Tx, owner: BlueprintOwner): Promise<ConfigChange | undefined> => {
      const parked = await tx
        .selectFrom("blueprint")
        .select(["id", "contents"])
        .where("site_id", "=", owner.siteId)
        .where("parked", "=", 1)
        .orderBy("id")
        .execute();
      const { changes } = await changingConfigs(tx, [owner.siteId], async () => {
        for (const { id, contents } of parked) {
          const { success, message } = await apply(tx, owner, checkText(contents));
          await tx
            .updateTable("blueprint")
            .set({ parked: 0, succeeded: success ? 1 : 0, message })
            .where("id", "=", id)
            .execute();
        }
      });
      return changes[0];
    },

    /** Newest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<BlueprintItem>> => {
      const all = database.selectFrom("blueprint").where("org_id", "=", orgId);
      const rows = await all.selectAll().orderBy("id", "desc").limit(limit).offset(offset).execute();
      const { total } = await all.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(blueprintItem), total };
    },

    find: async (orgId: string, id: number): Promise<(BlueprintItem & { contents: string }) | undefined> => {
      const row = await database
        .selectFrom("blueprint")
        .selectAll()
        .where("org_id", "=", orgId)
        .where("id", "=", id)
        .executeTakeFirst();
      return row && { ...blueprintItem(row), contents: row.contents };
    },
  };
}

export type BlueprintStore = ReturnType<typeof blueprintStore>;

/** Whether this very blueprint of a site is parked, or was applied. */
async function isKnown(tx: Tx, siteId: number, contents: string, as: "parked" | "succeeded"): Promise<boolean> {
  const row = await tx
    .selectFrom("blueprint")
    .select("id")
    .where("site_id", "=", siteId)
    .where(as, "=", 1)
    .where("contents", "=", contents)
    .executeTakeFirst();
  return row !== undefined;
}

function unapplied(tx: Tx, siteId: number, as: "parked" | "failed") {
  const all = tx.selectFrom("blueprint").where("site_id", "=", siteId).where("succeeded", "=", 0);
  return all.where("parked", "=", as === "parked" ? 1 : 0).orderBy("id", "desc");
}

/** The last of the newest of a site that are kept; undefined while there are fewer. */
async function nthNewest(tx: Tx, siteId: number, as: "parked" | "failed"): Promise<number | undefined> {
  const row = await unapplied(tx, siteId, as)
    .select("id")
    .limit(1)
    .offset(most - 1)
    .executeTakeFirst();
  return row?.id;
}

async function forgetFailed(tx: Tx, siteId: number): Promise<void> {
  const last = await nthNewest(tx, siteId, "failed");
  if (last === undefined) return;
  const older = unapplied(tx, siteId, "failed").select("id").where("id", "<", last);
  await tx.deleteFrom("blueprint").where("id", "in", older).execute();
}

function failed(why: string): BlueprintResult {
  return { success: false, message: `Failed to update database from config: ${why}` };
}

function problemText({ path, message }: Finding): string {
  return path.length === 0 ? message : `${message} at "${pathText(path)}"`;
}

function checkText(contents: string): BlueprintCheck {
  if (isTooDeep(contents)) return refused("the blueprint is nested too deeply");
  let document: unknown;
  try {
    document = JSON.parse(contents);
  } catch {
    return refused("the blueprint is not JSON");
  }
  return checkBlueprint(document);
}

function refused(message: string): BlueprintCheck {
  return { ok: false, problems: [{ level: "error", path: [], message }], warnings: [] };
}

async function statusOf(tx: Tx, siteId: number): Promise<SiteStatus | undefined> {
  const row = await tx.selectFrom("site").select("status").where("id", "=", siteId).executeTakeFirst();
  return row?.status;
}

function blueprintItem(row: BlueprintRow): BlueprintItem {
  return {
    blueprintId: row.id,
    name: row.name,
    source: row.source,
    succeeded: row.succeeded === 1,
    orgId: row.org_id,
    createdAt: Math.floor(row.created_at / 1000),
    message: row.message,
    siteId: row.site_id,
    parked: row.parked === 1,
  };
}
