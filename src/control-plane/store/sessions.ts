import { newToken } from "../../provisioning/credentials.js";
import { peppered, sameHash, sha256 } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";

/** A token is made for each connection, so that a short life costs nothing, milliseconds. */
const tokenLife = 3_600_000;

export type TokenAnswer =
  | { readonly outcome: "created"; readonly token: string }
  | { readonly outcome: "unknown" | "wrong_secret" };

/** The site behind a credential or a token. */
export interface SiteIdentity {
  readonly siteId: number;
  readonly newtId: string;
  readonly orgId: string;
}

/** A newt's credentials and the short-lived tokens they give. */
export function sessionStore({ world, database, command, pepper }: StoreBase, replay: ReplayStore) {
  return {
    /** Gives a token for credentials; the first time proves that the exchange's answer arrived. */
    create: (newtId: string, secret: string): Promise<TokenAnswer> =>
      command(async (tx) => {
        const newt = await tx.selectFrom("newt").select("secret_hash").where("id", "=", newtId).executeTakeFirst();
        if (!newt) return { outcome: "unknown" };
        if (!sameHash(newt.secret_hash, peppered(pepper, secret))) return { outcome: "wrong_secret" };
        const now = world.clock.now();
        const token = newToken(world.random);
        await tx.deleteFrom("session").where("newt_id", "=", newtId).where("expires_at", "<=", now).execute();
        await tx
          .insertInto("session")
          .values({ token_hash: sha256(token), newt_id: newtId, expires_at: now + tokenLife })
          .execute();
        await replay.forget(tx, { newtId });
        return { outcome: "created", token };
      }),

    /** Whether these are a site's credentials. */
    verify: async (newtId: string, secret: string): Promise<boolean> => {
      const newt = await database.selectFrom("newt").select("secret_hash").where("id", "=", newtId).executeTakeFirst();
      return newt !== undefined && sameHash(newt.secret_hash, peppered(pepper, secret));
    },

    /** The site of a token that is still valid. */
    find: (token: string): Promise<SiteIdentity | undefined> =>
      database
        .selectFrom("session")
        .innerJoin("newt", "newt.id", "session.newt_id")
        .innerJoin("site", "site.id", "newt.site_id")
        .select(["site.id as siteId", "newt.id as newtId", "site.org_id as orgId"])
        .where("token_hash", "=", sha256(token))
        .where("expires_at", ">", world.clock.now())
        .executeTakeFirst(),
  };
}
