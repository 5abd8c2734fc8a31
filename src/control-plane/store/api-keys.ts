import { FirstbootError } from "../../error.js";
import { splitKey } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";

/** Organisations and the keys of their integration API. */
export function apiKeyStore({ world, database, command, pepper }: StoreBase) {
  return {
    /**
     * Makes sure that the organisation exists and that `<id>.<secret>` opens its API. Throws FB1010 if the key is known
     * with another hash: then pepper and database do not belong together, and no stored secret could be checked.
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
          .values({ id: orgId, created_at })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await tx
          .insertInto("api_key")
          .values({ id, org_id: orgId, secret_hash, created_at })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ org_id: orgId }))
          .execute();
      }),

    /** The organisation whose API the key opens. */
    findOrg: async (apiKey: string): Promise<string | undefined> => {
      const parts = splitKey(apiKey);
      if (!parts) return undefined;
      const row = await database
        .selectFrom("api_key")
        .select(["org_id", "secret_hash"])
        .where("id", "=", parts.id)
        .executeTakeFirst();
      return row && sameHash(row.secret_hash, peppered(pepper, parts.secret)) ? row.org_id : undefined;
    },
  };
}
