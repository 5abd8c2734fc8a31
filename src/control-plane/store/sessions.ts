import type { SiteStatus } from "../../protocol/integration/schema.js";
import { newToken } from "../../provisioning/credentials.js";
import { peppered, sameHash, sha256 } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";
import { statement } from "./statement.js";

/** A token is made for each connection, so that a short life costs nothing, milliseconds. */
const tokenLife = 3_600_000;

/** Expired tokens that one statement forgets: a bound, since requests wait meanwhile. */
const forgottenAtOnce = 2_000;

/** `valid`: the token that was shown is as good as a new one. */
export type TokenAnswer =
  | { readonly outcome: "created"; readonly token: string }
  | { readonly outcome: "valid" | "unknown" | "wrong_secret" };

/** Whose a channel is. */
export interface SiteIdentity {
  readonly siteId: number;
  readonly newtId: string;
  readonly orgId: string;
}

/** What is known of the site behind a token when its channel opens. */
export interface SiteSession extends SiteIdentity {
  readonly status: SiteStatus;
  readonly newtVersion: string | null;
  readonly configVersion: number;
}

const selectNewt = statement((on, hole) =>
  on
    .selectFrom("newt")
    .innerJoin("site", "site.id", "newt.site_id")
    .select(["newt.secret_hash", "newt.site_id", "site.authenticated_at"])
    .where("newt.id", "=", hole<string>("newtId")),
);

const setAuthenticated = statement((on, hole) =>
  on
    .updateTable("site")
    .set({ authenticated_at: hole<number>("now") })
    .where("id", "=", hole<number>("siteId")),
);

const insert = statement((on, hole) =>
  on.insertInto("session").values({
    token_hash: hole<string>("tokenHash"),
    newt_id: hole<string>("newtId"),
    expires_at: hole<number>("expiresAt"),
  }),
);

const selectSite = statement((on, hole) =>
  on
    .selectFrom("session")
    .innerJoin("newt", "newt.id", "session.newt_id")
    .innerJoin("site", "site.id", "newt.site_id")
    .select([
      "site.id as siteId",
      "newt.id as newtId",
      "site.org_id as orgId",
      "site.status",
      "site.newt_version as newtVersion",
      "site.config_version as configVersion",
    ])
    .where("token_hash", "=", hole<string>("tokenHash"))
    .where("expires_at", ">", hole<number>("now")),
);

/** A newt's credentials and the short-lived tokens they give. */
export function sessionStore({ world, command, look, pepper }: StoreBase, replay: ReplayStore) {
  function forgetExpired(): Promise<number> {
    return command(async (tx) => {
      const expired = tx.selectFrom("session").select("token_hash").where("expires_at", "<=", world.clock.now());
      const some = tx.deleteFrom("session").where("token_hash", "in", expired.limit(forgottenAtOnce));
      return Number((await some.executeTakeFirst()).numDeletedRows);
    });
  }

  return {
    /**
     * Gives a token for credentials. The first time proves that the exchange's answer arrived: from then on it is not
     * given again, and the site is not reclaimed. Who has a token of theirs that is still valid gets no other.
     */
    create: (newtId: string, secret: string, shown?: string): Promise<TokenAnswer> =>
      command(async (tx) => {
        const [newt] = (await selectNewt(tx, { newtId })).rows;
        if (!newt) return { outcome: "unknown" };
        if (!sameHash(newt.secret_hash, peppered(pepper, secret))) return { outcome: "wrong_secret" };
        const now = world.clock.now();
        if (shown !== undefined) {
          const { rows } = await selectSite(tx, { tokenHash: sha256(shown), now });
          if (rows[0]?.newtId === newtId) return { outcome: "valid" };
        }
        const token = newToken(world.random);
        await insert(tx, { tokenHash: sha256(token), newtId, expiresAt: now + tokenLife });
        if (newt.authenticated_at === null) {
          await setAuthenticated(tx, { siteId: newt.site_id, now });
          await replay.forget(tx, { newtId });
        }
        return { outcome: "created", token };
      }),

    /** Forgets tokens that have expired. */
    tidy: async (): Promise<void> => {
      while ((await forgetExpired()) === forgottenAtOnce);
    },

    /** Whether these are a site's credentials. */
    verify: (newtId: string, secret: string): Promise<boolean> =>
      look(async (tx) => {
        const [newt] = (await selectNewt(tx, { newtId })).rows;
        return newt !== undefined && sameHash(newt.secret_hash, peppered(pepper, secret));
      }),

    /** The site of a token that is still valid. */
    find: (token: string): Promise<SiteSession | undefined> =>
      look(async (tx) => {
        const { rows } = await selectSite(tx, { tokenHash: sha256(token), now: world.clock.now() });
        return rows[0];
      }),
  };
}
