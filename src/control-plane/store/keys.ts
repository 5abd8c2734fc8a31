import type { KeyCreate, KeyItem, KeyUpdate } from "../../protocol/integration/schema.js";
import { formatKey, newProvisioningKey } from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { usageState } from "../../provisioning/usage.js";
import { isoTime } from "../../world/clock.js";
import { millisecondsOrNull, type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import type { ProvisioningKeyRow } from "./schema.js";

/** A validated wish for a key. */
export type NewKey = Pick<KeyItem, "name" | "maxBatchSize" | "approveNewSites"> & Pick<KeyCreate, "validUntil">;

/** Validated changes to a key; what is absent stays. */
export interface KeyChanges extends Pick<KeyUpdate, "validUntil" | "approveNewSites"> {
  readonly maxBatchSize?: number | null | undefined;
}

function keyItem(row: ProvisioningKeyRow, now: number): KeyItem {
  return {
    siteProvisioningKeyId: row.id,
    orgId: row.org_id,
    name: row.name,
    lastChars: row.last_chars,
    createdAt: isoTime(row.created_at),
    lastUsed: timeOrNull(row.last_used_at),
    maxBatchSize: row.max_usage,
    numUsed: row.used,
    validUntil: timeOrNull(row.expires_at),
    approveNewSites: row.approve_new_sites === 1,
    state: usageState(
      { maxUsage: row.max_usage, used: row.used, expiresAt: row.expires_at, revokedAt: row.revoked_at },
      now,
    ),
  };
}

/** Provisioning keys. */
export function keyStore({ world, database, command, pepper }: StoreBase) {
  return {
    /** Makes a key; the only moment its whole text exists outside its owner's hands. */
    create: (orgId: string, wish: NewKey): Promise<{ item: KeyItem; key: string }> =>
      command(async (tx) => {
        const key = newProvisioningKey(world.random);
        const row = await tx
          .insertInto("provisioning_key")
          .values({
            id: key.id,
            org_id: orgId,
            name: wish.name,
            secret_hash: peppered(pepper, key.secret),
            last_chars: key.secret.slice(-4),
            max_usage: wish.maxBatchSize,
            expires_at: millisecondsOrNull(wish.validUntil),
            approve_new_sites: wish.approveNewSites ? 1 : 0,
            created_at: world.clock.now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        return { item: keyItem(row, world.clock.now()), key: formatKey(key) };
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<KeyItem>> => {
      const keys = database.selectFrom("provisioning_key").where("org_id", "=", orgId);
      const rows = await keys.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await keys.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map((row) => keyItem(row, world.clock.now())), total };
    },

    update: (orgId: string, id: string, changes: KeyChanges): Promise<KeyItem | undefined> =>
      command(async (tx) => {
        const row = await tx
          .updateTable("provisioning_key")
          .set({
            ...(changes.maxBatchSize !== undefined && { max_usage: changes.maxBatchSize }),
            ...(changes.validUntil !== undefined && { expires_at: millisecondsOrNull(changes.validUntil) }),
            ...(changes.approveNewSites !== undefined && { approve_new_sites: changes.approveNewSites ? 1 : 0 }),
          })
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirst();
        return row && keyItem(row, world.clock.now());
      }),

    /** Deletes a key and keeps its sites. False if there is none. */
    delete: (orgId: string, id: string): Promise<boolean> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("provisioning_key")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await tx.deleteFrom("replay").where("subject_id", "=", id).execute();
        return true;
      }),
  };
}
