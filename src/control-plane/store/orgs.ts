import type { z } from "zod";
import type { OrgCreate, OrgItem, OrgUpdate } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { audit, lastAudit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import type { OrgRow } from "./schema.js";
import { statement } from "./statement.js";

/** Whose channels end with an organisation. */
export interface RemovedOrg {
  readonly newtIds: readonly string[];
  readonly deviceIds: readonly string[];
}

const exists = statement((on, hole) => on.selectFrom("org").select("id").where("id", "=", hole<string>("id")));

function orgItem({ id, name, created_at, max_sites }: OrgRow): OrgItem {
  return { orgId: id, name: name ?? id, createdAt: isoTime(created_at), maxSites: max_sites };
}

/** Organisations. */
export function orgStore({ world, database, command, look }: StoreBase) {
  return {
    has: (orgId: string): Promise<boolean> => look(async (tx) => (await exists(tx, { id: orgId })).rows.length > 0),

    /** Undefined if there is one of that id already. */
    create: ({ orgId, name, maxSites }: z.output<typeof OrgCreate>, address: string): Promise<OrgItem | undefined> =>
      command(async (tx) => {
        const now = world.clock.now();
        const row = await tx
          .insertInto("org")
          .values({
            id: orgId,
            name: name ?? null,
            max_sites: maxSites ?? null,
            created_at: now,
            audit_after: await lastAudit(tx),
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) return undefined;
        await audit(tx, { at: now, action: "create", orgId, target: orgId, address, result: "created" });
        return orgItem(row);
      }),

    /** By id; only the one of `reach` if it is given. */
    list: async (reach: string | undefined, { limit, offset }: Range): Promise<Page<OrgItem>> => {
      const all = database.selectFrom("org");
      const orgs = reach === undefined ? all : all.where("id", "=", reach);
      const rows = await orgs.selectAll().orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await orgs.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(orgItem), total };
    },

    find: async (orgId: string): Promise<OrgItem | undefined> => {
      const row = await database.selectFrom("org").selectAll().where("id", "=", orgId).executeTakeFirst();
      return row && orgItem(row);
    },

    /** How much an organisation has, and may have at most; `maxSites` null: any number. */
    holds: async (orgId: string) => {
      const row = await database
        .selectFrom("org")
        .select(({ selectFrom, fn }) => [
          "sites",
          "max_sites as maxSites",
          selectFrom("device").select(fn.countAll<number>().as("rows")).whereRef("org_id", "=", "org.id").as("devices"),
        ])
        .where("id", "=", orgId)
        .executeTakeFirst();
      return { sites: row?.sites ?? 0, maxSites: row?.maxSites ?? null, devices: row?.devices ?? 0 };
    },

    /** What is absent stays. A limit below the number of sites removes none of them. */
    update: (
      { orgId, address }: OrgDecider,
      { name, maxSites }: z.output<typeof OrgUpdate>,
    ): Promise<OrgItem | undefined> =>
      command(async (tx) => {
        const row = await tx
          .updateTable("org")
          .set({ ...(name !== undefined && { name }), ...(maxSites !== undefined && { max_sites: maxSites }) })
          .where("id", "=", orgId)
          .returningAll()
          .executeTakeFirst();
        if (!row) return undefined;
        const at = world.clock.now();
        await audit(tx, { at, action: "update", orgId, target: orgId, address, result: "changed" });
        return orgItem(row);
      }),

    /** Deletes an organisation with all that is in it, its API keys too; the audit remembers. */
    delete: ({ orgId, address }: OrgDecider): Promise<RemovedOrg | undefined> =>
      command(async (tx) => {
        const newts = await tx
          .selectFrom("site")
          .innerJoin("newt", "newt.site_id", "site.id")
          .select("newt.id")
          .where("site.org_id", "=", orgId)
          .execute();
        const devices = await tx.selectFrom("device").select("id").where("org_id", "=", orgId).execute();
        const { numDeletedRows } = await tx.deleteFrom("org").where("id", "=", orgId).executeTakeFirst();
        if (numDeletedRows === 0n) return undefined;
        await audit(tx, { at: world.clock.now(), action: "delete", orgId, target: orgId, address, result: "removed" });
        return { newtIds: newts.map(({ id }) => id), deviceIds: devices.map(({ id }) => id) };
      }),
  };
}
