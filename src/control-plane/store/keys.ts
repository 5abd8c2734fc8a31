import type { z } from "zod";
import type { KeyCreate, KeyItem, KeyUpdate } from "../../protocol/integration/schema.js";
import {
  formatKey,
  KeyId,
  newProvisioningKey,
  type ProvisioningKey,
  splitKey,
} from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { audit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import { keyItem, limitColumns } from "./key-columns.js";
import { type RemovedSites, removingSites } from "./removed-sites.js";
import type { Tx } from "./schema.js";

/** A validated wish for a key, and validated changes to one: what is absent stays. */
export type NewKey = z.output<typeof KeyCreate>;
export type KeyChanges = z.output<typeof KeyUpdate>;

/** Provisioning keys. Every question and command stays within one organisation. */
export function keyStore({ world, database, command, pepper }: StoreBase) {
  function find(from: Tx, orgId: string, id: string) {
    const key = from.selectFrom("provisioning_key").selectAll().where("org_id", "=", orgId).where("id", "=", id);
    return key.executeTakeFirst();
  }

  return {
    /**
     * Makes a key, or takes in one that its owner has made: undefined if there is a key of that id. The only moment a
     * made key's whole text exists outside its owner's hands.
     */
    create: ({ orgId, address }: OrgDecider, wish: NewKey): Promise<{ item: KeyItem; key: string } | undefined> =>
      command(async (tx) => {
        const key = ownKey(wish.siteProvisioningKey) ?? newProvisioningKey(world.random);
        const now = world.clock.now();
        const row = await tx
          .insertInto("provisioning_key")
          .values({
            id: key.id,
            org_id: orgId,
            name: wish.name,
            secret_hash: peppered(pepper, key.secret),
            last_chars: key.secret.slice(-4),
            max_usage: wish.maxBatchSize,
            approve_new_sites: wish.approveNewSites ? 1 : 0,
            created_at: now,
            ...limitColumns(wish),
          })
          .onConflict((conflict) => conflict.column("id").doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) return undefined;
        await audit(tx, { at: now, action: "create", orgId, keyId: key.id, address, result: "created" });
        return { item: keyItem(row, now), key: formatKey(key) };
      }),

    find: async (orgId: string, id: string): Promise<KeyItem | undefined> => {
      const row = await find(database, orgId, id);
      return row && keyItem(row, world.clock.now());
    },

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<KeyItem>> => {
      const keys = database.selectFrom("provisioning_key").where("org_id", "=", orgId);
      const rows = await keys.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await keys.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map((row) => keyItem(row, world.clock.now())), total };
    },

    /** Changes what a key allows; those who have exchanged it keep what they have. */
    update: (id: string, { orgId, address }: OrgDecider, changes: KeyChanges): Promise<KeyItem | undefined> =>
      command(async (tx) => {
        const { maxBatchSize, approveNewSites } = changes;
        const now = world.clock.now();
        const row = await tx
          .updateTable("provisioning_key")
          .set({
            ...(maxBatchSize !== undefined && { max_usage: maxBatchSize }),
            ...(approveNewSites !== undefined && { approve_new_sites: approveNewSites ? 1 : 0 }),
            ...limitColumns(changes),
          })
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirst();
        if (!row) return undefined;
        const changed = Object.keys(changes).sort().join(", ");
        await audit(tx, { at: now, action: "update", orgId, keyId: id, address, result: `changed ${changed}` });
        return keyItem(row, now);
      }),

    /** Ends a key for good; its sites stay. */
    revoke: (id: string, { orgId, address }: OrgDecider): Promise<KeyItem | undefined> =>
      command(async (tx) => {
        const now = world.clock.now();
        const revoked = await tx
          .updateTable("provisioning_key")
          .set({ revoked_at: now })
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .where("revoked_at", "is", null)
          .returningAll()
          .executeTakeFirst();
        if (revoked) {
          await forgetReplays(tx, id);
          await audit(tx, { at: now, action: "revoke", orgId, keyId: id, address, result: "revoked" });
        }
        const row = revoked ?? (await find(tx, orgId, id));
        return row && keyItem(row, now);
      }),

    /** Deletes a key, and its sites if wished. */
    delete: (id: string, { orgId, address }: OrgDecider, sites: "keep" | "delete"): Promise<RemovedSites | undefined> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("provisioning_key")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return undefined;
        await forgetReplays(tx, id);
        const at = world.clock.now();
        const decision = { at, action: "delete", orgId, keyId: id, address, result: "removed" } as const;
        await audit(tx, decision);
        if (sites === "delete") return deleteSites(tx, decision);
        await endLeases(tx, decision);
        return { newtIds: [], configs: [] };
      }),
  };
}

function ownKey(text: string | undefined): ProvisioningKey | undefined {
  const parts = text === undefined ? undefined : splitKey(text);
  return parts && { id: KeyId.parse(parts.id), secret: parts.secret };
}

/** Nobody gets an answer of this key again. */
async function forgetReplays(tx: Tx, keyId: string): Promise<void> {
  await tx.deleteFrom("replay").where("subject_id", "=", keyId).execute();
}

interface Removal {
  readonly at: number;
  readonly action: string;
  readonly orgId: string;
  readonly keyId: string;
  readonly address: string;
  readonly result: string;
}

/** The sites that stay are never reclaimed: a later key of the same id has not paid for them, and gets no use back. */
async function endLeases(tx: Tx, { at, orgId, keyId }: Removal): Promise<void> {
  await tx
    .updateTable("site")
    .set({ authenticated_at: at })
    .where("provisioning_key_id", "=", keyId)
    .where("org_id", "=", orgId)
    .where("authenticated_at", "is", null)
    .execute();
}

/** Deletes the sites of a key, however many. */
async function deleteSites(tx: Tx, { at, action, orgId, keyId, address, result }: Removal): Promise<RemovedSites> {
  const sites = tx.selectFrom("site").where("site.provisioning_key_id", "=", keyId).where("site.org_id", "=", orgId);
  const newts = await sites.innerJoin("newt", "newt.site_id", "site.id").select(["newt.id", "site_id"]).execute();
  await tx
    .insertInto("audit")
    .columns(["at", "action", "org_id", "key_id", "target", "address", "result"])
    .expression(
      sites.select(({ val }) => [
        val(at).as("at"),
        val(action).as("action"),
        val(orgId).as("org"),
        val(keyId).as("key"),
        "site.nice_id",
        val(address).as("from"),
        val(result).as("result"),
      ]),
    )
    .execute();
  const ids = newts.map(({ site_id }) => site_id);
  const { changes } = await removingSites(tx, ids, () =>
    tx.deleteFrom("site").where("provisioning_key_id", "=", keyId).where("org_id", "=", orgId).execute(),
  );
  return { newtIds: newts.map(({ id }) => id), configs: changes };
}
