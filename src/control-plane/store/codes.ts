import type { CodesItem } from "../../protocol/integration/schema.js";
import { newCode, newToken, normalCode } from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { audit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import { codesItem, unusedTally, withTally } from "./code-batch.js";
import { millisecondsOf } from "./key-columns.js";
import type { Tx } from "./schema.js";

/** A validated wish for a batch of one-time codes. */
export interface NewCodes {
  readonly name: string;
  readonly quantity: number;
  /** Milliseconds; null: never. */
  readonly expiresAt: number | null;
  /** Seconds; null and absent: never. */
  readonly reclaimAfter?: number | null | undefined;
  readonly labels?: readonly string[] | undefined;
}

/** Rows of one insert: far below SQLite's limit of bound values. */
const rowsAtOnce = 1_000;

/** One-time codes, in batches. Every question and command stays within one organisation. */
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
        .values([...drawn.keys()].map((hash) => ({ hash, batch_id: batchId })))
        .onConflict((conflict) => conflict.column("hash").doNothing())
        .returning("hash")
        .execute();
      for (const { hash } of rows) codes.push(drawn.get(hash) ?? "");
    }
    return codes;
  }

  return {
    /** Makes a batch; the only moment its codes are readable. */
    create: ({ orgId, address }: OrgDecider, wish: NewCodes): Promise<{ item: CodesItem; codes: string[] }> =>
      command(async (tx) => {
        const now = world.clock.now();
        const batch = await tx
          .insertInto("code_batch")
          .values({
            id: `codes-${newToken(world.random).slice(0, 15)}`,
            org_id: orgId,
            name: wish.name,
            quantity: wish.quantity,
            expires_at: wish.expiresAt,
            created_at: now,
            reclaim_after: millisecondsOf(wish.reclaimAfter),
            labels: JSON.stringify(wish.labels ?? []),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const codes = await insertCodes(tx, batch.id, batch.quantity);
        await audit(tx, { at: now, action: "create", orgId, keyId: batch.id, address, result: "created" });
        return { item: codesItem({ ...batch, ...unusedTally }, now), codes };
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<CodesItem>> => {
      const batches = withTally(database).where("org_id", "=", orgId);
      const rows = await batches.orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await database
        .selectFrom("code_batch")
        .select(({ fn }) => fn.countAll<number>().as("total"))
        .where("org_id", "=", orgId)
        .executeTakeFirstOrThrow();
      return { items: rows.map((row) => codesItem(row, world.clock.now())), total };
    },

    /**
     * Ends a batch for good, or the one code of it that is given; their devices stay. A code that is used stays used,
     * and revoked in case it is given back.
     */
    revoke: (
      id: string,
      { orgId, address }: OrgDecider,
      code?: string,
    ): Promise<CodesItem | "unknown_code" | undefined> =>
      command(async (tx) => {
        const now = world.clock.now();
        const batches = withTally(tx).where("org_id", "=", orgId).where("id", "=", id);
        if (!(await batches.executeTakeFirst())) return undefined;
        const hash = code === undefined ? undefined : peppered(pepper, normalCode(code));
        const found = await (hash === undefined ? revokeBatch(tx, id, now) : revokeCode(tx, id, hash, now));
        if (found === "unknown") return "unknown_code";
        if (found === "revoked") {
          const result = hash === undefined ? "revoked" : "one code revoked";
          await audit(tx, { at: now, action: "revoke", orgId, keyId: id, address, result });
        }
        return codesItem(await batches.executeTakeFirstOrThrow(), now);
      }),

    /** Deletes a batch with its codes and keeps its devices. False if there is none. */
    delete: (id: string, { orgId, address }: OrgDecider): Promise<boolean> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("code_batch")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await forgetReplays(tx, id);
        await audit(tx, { at: world.clock.now(), action: "delete", orgId, keyId: id, address, result: "removed" });
        return true;
      }),
  };
}

type Revocation = "revoked" | "already" | "unknown";

async function revokeBatch(tx: Tx, id: string, now: number): Promise<Revocation> {
  const { numUpdatedRows } = await tx
    .updateTable("code_batch")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return "already";
  await forgetReplays(tx, id);
  return "revoked";
}

async function revokeCode(tx: Tx, batchId: string, hash: string, now: number): Promise<Revocation> {
  const code = await tx
    .selectFrom("code")
    .select("revoked_at")
    .where("hash", "=", hash)
    .where("batch_id", "=", batchId)
    .executeTakeFirst();
  if (!code) return "unknown";
  if (code.revoked_at !== null) return "already";
  await tx.updateTable("code").set({ revoked_at: now }).where("hash", "=", hash).execute();
  await tx.deleteFrom("replay").where("subject_id", "=", hash).execute();
  return "revoked";
}

/** Nobody gets an answer to a code of this batch again. */
async function forgetReplays(tx: Tx, batchId: string): Promise<void> {
  const devices = tx.selectFrom("device").select("id").where("code_batch_id", "=", batchId);
  await tx.deleteFrom("replay").where("device_id", "in", devices).execute();
}
