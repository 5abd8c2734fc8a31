import { z } from "zod";
import { FirstbootError } from "../../error.js";
import { type ApiKeyCreate, type ApiKeyItem, Scope } from "../../protocol/integration/schema.js";
import { newApiKey, splitKey } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import { isoTime } from "../../world/clock.js";
import { audit, lastAudit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import type { ApiKeyRow } from "./schema.js";
import { statement } from "./statement.js";

/** What an API key opens. */
export interface ApiKey {
  readonly id: string;
  /** Null: every organisation. */
  readonly orgId: string | null;
  readonly scopes: readonly Scope[];
}

const select = statement((on, hole) =>
  on.selectFrom("api_key").select(["org_id", "secret_hash", "scopes"]).where("id", "=", hole<string>("id")),
);

const Scopes = z.array(Scope);

function scopesOf(stored: string): Scope[] {
  return Scopes.parse(JSON.parse(stored));
}

function apiKeyItem(row: ApiKeyRow): ApiKeyItem {
  return {
    apiKeyId: row.id,
    orgId: row.org_id,
    name: row.name,
    lastChars: row.last_chars,
    scopes: scopesOf(row.scopes),
    createdAt: isoTime(row.created_at),
  };
}

/** Keys of the integration API. The first one, which the server's owner holds, reaches every organisation. */
export function apiKeyStore({ world, database, command, look, pepper }: StoreBase) {
  return {
    /**
     * Makes sure that the organisation exists and that `<id>.<secret>` is the first key; one that was the first before is
     * none any more. Throws FB1010 if the key is known with another hash: then pepper and database do not belong together,
     * and no stored secret could be checked.
     */
    ensure: (orgId: string, { id, secret }: { readonly id: string; readonly secret: string }): Promise<void> =>
      command(async (tx) => {
        const created_at = world.clock.now();
        const secret_hash = peppered(pepper, secret);
        const known = await tx.selectFrom("api_key").select("secret_hash").where("id", "=", id).executeTakeFirst();
        if (known && !sameHash(known.secret_hash, secret_hash)) {
          throw new FirstbootError("FB1010", {
            what: "the API key and the pepper do not belong to this database",
            why: "the key's stored hash is another, so every key and credential would be refused",
            fix: "restore the files api-key, pepper and firstboot.db of one data directory together",
          });
        }
        await tx
          .insertInto("org")
          .values({ id: orgId, created_at, audit_after: await lastAudit(tx) })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await tx.deleteFrom("api_key").where("org_id", "is", null).where("id", "<>", id).execute();
        const reach = { org_id: null, name: "first key", last_chars: secret.slice(-4), scopes: '["*"]' };
        await tx
          .insertInto("api_key")
          .values({ id, secret_hash, created_at, ...reach })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(reach))
          .execute();
      }),

    /** What a key opens; undefined for one that is none. */
    find: async (text: string): Promise<ApiKey | undefined> => {
      const parts = splitKey(text);
      if (!parts) return undefined;
      const { id, secret } = parts;
      const [row] = await look(async (tx) => (await select(tx, { id })).rows);
      if (!row || !sameHash(row.secret_hash, peppered(pepper, secret))) return undefined;
      return { id, orgId: row.org_id, scopes: scopesOf(row.scopes) };
    },

    /** Makes a key; the only moment its whole text exists outside its owner's hands. */
    create: (
      { orgId, address }: OrgDecider,
      { name, scopes }: z.output<typeof ApiKeyCreate>,
    ): Promise<{ readonly item: ApiKeyItem; readonly apiKey: string }> => {
      const apiKey = newApiKey(world.random);
      const { id = "", secret = "" } = splitKey(apiKey) ?? {};
      return command(async (tx) => {
        const now = world.clock.now();
        const row = await tx
          .insertInto("api_key")
          .values({
            id,
            org_id: orgId,
            name,
            secret_hash: peppered(pepper, secret),
            last_chars: secret.slice(-4),
            scopes: JSON.stringify([...new Set(scopes)]),
            created_at: now,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await audit(tx, { at: now, action: "create", orgId, target: id, address, result: "created" });
        return { item: apiKeyItem(row), apiKey };
      });
    },

    /** An organisation's own keys, oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<ApiKeyItem>> => {
      const keys = database.selectFrom("api_key").where("org_id", "=", orgId);
      const rows = await keys.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await keys.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(apiKeyItem), total };
    },

    /** Deletes a key of an organisation: the first key is of none. False if there is none. */
    delete: (id: string, { orgId, address }: OrgDecider): Promise<boolean> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("api_key")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const at = world.clock.now();
        await audit(tx, { at, action: "delete", orgId, target: id, address, result: "removed" });
        return true;
      }),
  };
}
