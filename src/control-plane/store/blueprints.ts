import type { BlueprintItem, SiteStatus } from "../../protocol/integration/schema.js";
import { type BlueprintCheck, checkBlueprint, type Problem } from "../../provisioning/blueprint/index.js";
import { niceId } from "../../provisioning/names.js";
import { isTooDeep } from "../json-depth.js";
import type { Page, Range, StoreBase } from "./base.js";
import { putResources } from "./resources.js";
import type { BlueprintRow, Tx } from "./schema.js";

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

const source = "NEWT";
const applied = "Config updated successfully";
const waits = "Blueprint accepted: it waits until this site is approved";

/** Blueprints: every one that was sent is kept with what became of it. */
export function blueprintStore({ world, database, command }: StoreBase) {
  async function apply(tx: Tx, owner: BlueprintOwner, check: BlueprintCheck): Promise<BlueprintResult> {
    if (!check.ok) return failed(check.problems.map(problemText).join("; "));
    const conflict = await putResources(tx, owner, check.blueprint, { source, at: world.clock.now() });
    return conflict === undefined ? { success: true, message: applied } : failed(conflict);
  }

  /** Keeps a valid blueprint of a pending site until it is approved; the same one again adds nothing. */
  async function park(tx: Tx, { siteId, orgId }: BlueprintOwner, contents: string): Promise<BlueprintResult> {
    const known = await isKnown(tx, siteId, contents, "parked");
    const result = { success: true, message: waits };
    if (!known) await remember(tx, { siteId, orgId }, contents, result, true);
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
    apply: (owner: BlueprintOwner, contents: string, once = false): Promise<BlueprintResult> => {
      const check = checkText(contents);
      return command(async (tx) => {
        const status = await statusOf(tx, owner.siteId);
        if (status === undefined) return failed("the site does not exist any more");
        if (status === "pending" && check.ok) return park(tx, owner, contents);
        if (once && (await isKnown(tx, owner.siteId, contents, "succeeded")))
          return { success: true, message: applied };
        const result = await apply(tx, owner, check);
        await remember(tx, owner, contents, result, false);
        return result;
      });
    },

    /** Applies what a site has parked, in the order it came. */
    release: async (tx: Tx, owner: BlueprintOwner): Promise<void> => {
      const parked = await tx
        .selectFrom("blueprint")
        .select(["id", "contents"])
        .where("site_id", "=", owner.siteId)
        .where("parked", "=", 1)
        .orderBy("id")
        .execute();
      for (const { id, contents } of parked) {
        const { success, message } = await apply(tx, owner, checkText(contents));
        await tx
          .updateTable("blueprint")
          .set({ parked: 0, succeeded: success ? 1 : 0, message })
          .where("id", "=", id)
          .execute();
      }
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

function failed(why: string): BlueprintResult {
  return { success: false, message: `Failed to update database from config: ${why}` };
}

function problemText({ path, message }: Problem): string {
  return path === "" ? message : `${message} at "${path}"`;
}

function checkText(contents: string): BlueprintCheck {
  if (isTooDeep(contents))
    return { ok: false, problems: [{ path: "", message: "the blueprint is nested too deeply" }] };
  let document: unknown;
  try {
    document = JSON.parse(contents);
  } catch {
    return { ok: false, problems: [{ path: "", message: "the blueprint is not JSON" }] };
  }
  return checkBlueprint(document);
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
