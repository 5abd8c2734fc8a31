import { audit } from "../audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "../base.js";
import type { Database, Tx } from "../schema.js";

/** A row of any of the tables; what a table does not have is absent. */
interface EntryRow {
  readonly name: string;
  readonly created_at: number;
  readonly built_in?: number | undefined;
  readonly email?: string | null | undefined;
}

/** What an organisation has several of, each with a name of its own. */
export interface EntryKind<Item> {
  readonly table: "role" | "org_user" | "domain";
  /** What one is called in the audit. */
  readonly noun: string;
  /** How many an organisation may have. */
  readonly most: number;
  readonly item: (row: EntryRow) => Item;
  /** The name that is kept of one that somebody writes; that name itself if absent. */
  readonly kept?: (name: string) => string;
}

/** What is to be made. */
export interface NewEntry {
  readonly name: string;
  readonly email?: string | undefined;
}

/** Why none was made. `full`: the organisation has as many as it may. */
export type Unmade = "name taken" | "address taken" | "full";

/** `built in`: every organisation has it; undefined: there is none of that name. */
export type Deletion = "deleted" | "built in" | undefined;

/** One list of an organisation's directory. */
export function entryStore<Item>(base: StoreBase, { table, noun, most, item, kept = String }: EntryKind<Item>) {
  const { world, database, command } = base;
  const of = (from: Database | Tx, orgId: string) => from.selectFrom(table).where("org_id", "=", orgId);

  async function total(from: Database | Tx, orgId: string): Promise<number> {
    const counted = of(from, orgId).select(({ fn }) => fn.countAll<number>().as("total"));
    return (await counted.executeTakeFirstOrThrow()).total;
  }

  async function obstacle(tx: Tx, orgId: string, { name, email }: NewEntry): Promise<Unmade | undefined> {
    if (await of(tx, orgId).select("name").where("name", "=", name).executeTakeFirst()) return "name taken";
    if ((await total(tx, orgId)) >= most) return "full";
    if (email === undefined) return undefined;
    const users = tx.selectFrom("org_user").select("name").where("org_id", "=", orgId).where("email", "=", email);
    return (await users.executeTakeFirst()) && "address taken";
  }

  function note(tx: Tx, action: "create" | "delete", { orgId, address }: OrgDecider, name: string): Promise<void> {
    const result = `${action}d ${noun} ${name}`;
    return audit(tx, { at: world.clock.now(), action, orgId, target: `${noun} ${name}`, address, result });
  }

  return {
    create: (decider: OrgDecider, entry: NewEntry): Promise<Item | Unmade> =>
      command(async (tx) => {
        const { orgId } = decider;
        const why = await obstacle(tx, orgId, entry);
        if (why) return why;
        const row = { ...entry, created_at: world.clock.now() };
        await tx
          .insertInto(table)
          .values({ ...row, org_id: orgId })
          .execute();
        await note(tx, "create", decider, entry.name);
        return item(row);
      }),

    /** By name. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<Item>> => {
      const rows = await of(database, orgId).selectAll().orderBy("name").limit(limit).offset(offset).execute();
      return { items: rows.map(item), total: await total(database, orgId) };
    },

    delete: (decider: OrgDecider, written: string): Promise<Deletion> =>
      command(async (tx) => {
        const name = kept(written);
        const row = await of(tx, decider.orgId).selectAll().where("name", "=", name).executeTakeFirst();
        if (!row) return undefined;
        if (row.built_in === 1) return "built in";
        await tx.deleteFrom(table).where("org_id", "=", decider.orgId).where("name", "=", name).execute();
        await note(tx, "delete", decider, name);
        return "deleted";
      }),
  };
}

export type EntryStore<Item> = ReturnType<typeof entryStore<Item>>;
