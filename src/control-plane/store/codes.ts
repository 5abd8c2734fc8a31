import type { CodesItem } from "../../protocol/integration/schema.js";
import { newCode, newToken } from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { usageState } from "../../provisioning/usage.js";
import { isoTime } from "../../world/clock.js";
import { type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import type { CodeBatchRow, Tx } from "./schema.js";

/** A validated wish for a batch of one-time codes. */
export interface NewCodes {
  readonly name: string;
  readonly quantity: number;
  /** Milliseconds; null: never. */
  readonly expiresAt: number | null;
}

/** Rows of one insert: far below SQLite's limit of bound values. */
const rowsAtOnce = 1_000;

interface Uses {
  readonly used: number;
  readonly last: number | null;
}

function codesItem(row: CodeBatchRow, { used, last }: Uses, now: number): CodesItem {
  return {
    provisioningCodeId: row.id,
    orgId: row.org_id,
    name: row.name,
    quantity: row.quantity,
    numUsed: used,
    createdAt: isoTime(row.created_at),
    lastUsed: timeOrNull(last),
    expiresAt: timeOrNull(row.expires_at),
    state: usageState({ maxUsage: row.quantity, used, expiresAt: row.expires_at, revokedAt: row.revoked_at }, now),
  };
}

/** One-time codes, in batches. */
export function codeStore({ world, database, command, pepper }: StoreBase) {
  /** Adds codes that no batch has yet. */
  async function insertCodes(tx: Tx, batchId: string, quantity: number): Promise<string[]> {
    const codes: string[] = [];
    while (codes.length < quantity) {
      const drawn = new Map<string, string>();
      while (drawn.size < Math.min(rowsAtOnce, quantity - codes.length)) {
        const code = newCode(world.random);
        drawn.set(peppered(pepper, code), code);
      }
      const rows = await tx
        .insertInto("code")
        .values([...drawn.keys()].map((hash) => ({ hash, batch_id: batchId, used_at: null, device_id: null })))
        .onConflict((conflict) => conflict.column("hash").doNothing())
        .returning("hash")
        .execute();
      for (const { hash } of rows) codes.push(drawn.get(hash) ?? "");
    }
    return codes;
  }

  return {
    /** Makes a batch; the only moment its codes are readable. */
    create: (orgId: string, { name, quantity, expiresAt }: NewCodes): Promise<{ item: CodesItem; codes: string[] }> =>
      command(async (tx) => {
        const now = world.clock.now();
        const batch = await tx
          .insertInto("code_batch")
          .values({
            id: `codes-${newToken(world.random).slice(0, 15)}`,
            org_id: orgId,
            name,
            quantity,
            expires_at: expiresAt,
            created_at: now,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const codes = await insertCodes(tx, batch.id, quantity);
        return { item: codesItem(batch, { used: 0, last: null }, now), codes };
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<CodesItem>> => {
      const batches = database.selectFrom("code_batch").where("code_batch.org_id", "=", orgId);
      const rows = await batches
        .selectAll()
        .select(({ selectFrom }) => [
          selectFrom("code")
            .whereRef("batch_id", "=", "code_batch.id")
            .select(({ fn }) => fn.count<number>("used_at").as("count"))
            .as("used"),
          selectFrom("code")
            .whereRef("batch_id", "=", "code_batch.id")
            .select(({ fn }) => fn.max("used_at").as("time"))
            .as("last"),
        ])
        .orderBy("created_at")
        .orderBy("id")
        .limit(limit)
        .offset(offset)
        .execute();
      const { total } = await batches.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const now = world.clock.now();
      return { items: rows.map((row) => codesItem(row, { used: row.used ?? 0, last: row.last }, now)), total };
    },

    /** Deletes a batch with its codes and keeps its devices. False if there is none. */
    delete: (orgId: string, id: string): Promise<boolean> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("code_batch")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await tx
          .deleteFrom("replay")
          .where("device_id", "in", tx.selectFrom("device").select("id").where("code_batch_id", "=", id))
          .execute();
        return true;
      }),
  };
}
