import { z } from "zod";
import { NewtId, newSiteCredentials, type SiteCredentials } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import { usageState } from "../../provisioning/usage.js";
import { audit, auditableKeyId } from "./audit.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";
import type { ProvisioningKeyRow, Tx } from "./schema.js";
import { insertSite } from "./site-names.js";

/** A device's wish to become a site. */
export interface ExchangeRequest {
  readonly keyId: string;
  readonly keySecret: string;
  readonly name: string | undefined;
  readonly nonce: string | undefined;
  /** Source address. */
  readonly address: string;
}

export type ExchangeAnswer =
  | { readonly outcome: "created" | "replayed"; readonly credentials: SiteCredentials }
  | { readonly outcome: "invalid" | "used_up" | "expired" };

const StoredCredentials = z.object({ newtId: NewtId, secret: z.string() });

/** The exchange of a provisioning key for a site: exactly once for each use, repeatable until it is known to have arrived. */
export function exchangeStore({ world, command, pepper }: StoreBase, replay: ReplayStore) {
  async function decide(tx: Tx, request: ExchangeRequest, now: number): Promise<Decision> {
    const key = await tx.selectFrom("provisioning_key").selectAll().where("id", "=", request.keyId).executeTakeFirst();
    if (!key || key.revoked_at !== null || !sameHash(key.secret_hash, peppered(pepper, request.keySecret))) {
      return { answer: { outcome: "invalid" } };
    }
    // Before the limits: the lost answer to a key's last use is still there to be had.
    const kept = request.nonce && (await replay.find(tx, key.id, request.nonce));
    if (kept) {
      return { key, answer: { outcome: "replayed", credentials: StoredCredentials.parse(JSON.parse(kept)) } };
    }
    if (!(await consumeUse(tx, key.id, now))) return { key, answer: { outcome: refusalOf(key, now) } };

    const credentials = newSiteCredentials(world.random);
    const site = await insertSite(tx, world.random, {
      org_id: key.org_id,
      name: request.name,
      status: key.approve_new_sites === 1 ? "approved" : "pending",
      provisioning_key_id: key.id,
      created_at: now,
    });
    const secret_hash = peppered(pepper, credentials.secret);
    await tx.insertInto("newt").values({ id: credentials.newtId, site_id: site.id, secret_hash }).execute();
    if (request.nonce) {
      await replay.keep(tx, key.id, request.nonce, { newtId: credentials.newtId }, JSON.stringify(credentials));
    }
    return { key, site: site.nice_id, answer: { outcome: "created", credentials } };
  }

  return (request: ExchangeRequest): Promise<ExchangeAnswer> =>
    command(async (tx) => {
      const now = world.clock.now();
      const { key, site, answer } = await decide(tx, request, now);
      await audit(tx, {
        at: now,
        action: "exchange",
        orgId: key?.org_id,
        keyId: key?.id ?? auditableKeyId(request.keyId),
        target: site,
        address: request.address,
        result: answer.outcome,
      });
      return answer;
    });
}

interface Decision {
  readonly answer: ExchangeAnswer;
  readonly key?: ProvisioningKeyRow;
  /** niceId of a new site. */
  readonly site?: string;
}

/** The one statement that takes a use, if there is one to take. */
async function consumeUse(tx: Tx, keyId: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("provisioning_key")
    .set(({ eb }) => ({ used: eb("used", "+", 1), last_used_at: now }))
    .where("id", "=", keyId)
    .where("revoked_at", "is", null)
    .where(({ eb, or, ref }) => or([eb("max_usage", "is", null), eb("used", "<", ref("max_usage"))]))
    .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function refusalOf(key: ProvisioningKeyRow, now: number): "invalid" | "used_up" | "expired" {
  const { max_usage, used, expires_at, revoked_at } = key;
  const state = usageState({ maxUsage: max_usage, used, expiresAt: expires_at, revokedAt: revoked_at }, now);
  return state === "used_up" || state === "expired" ? state : "invalid";
}
