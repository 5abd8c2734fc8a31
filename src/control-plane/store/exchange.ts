import { z } from "zod";
import { NewtId, newSiteCredentials, type SiteCredentials } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import { usageState } from "../../provisioning/usage.js";
import { audit, auditableKeyId } from "./audit.js";
import type { StoreBase } from "./base.js";
import type { ReplayStore } from "./replay.js";
import type { ProvisioningKeyRow, Tx } from "./schema.js";
import { insertSite } from "./site-names.js";
import { statement } from "./statement.js";
import { consumeUse } from "./use.js";

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

const selectKey = statement((on, hole) =>
  on.selectFrom("provisioning_key").selectAll().where("id", "=", hole<string>("id")),
);

const insertNewt = statement((on, hole) =>
  on.insertInto("newt").values({
    id: hole<string>("id"),
    site_id: hole<number>("siteId"),
    secret_hash: hole<string>("secretHash"),
  }),
);

const StoredCredentials = z.object({ newtId: NewtId, secret: z.string() });

/** The exchange of a provisioning key for a site: exactly once for each use, repeatable until it is known to have arrived. */
export function exchangeStore({ world, command, pepper }: StoreBase, replay: ReplayStore) {
  async function decide(tx: Tx, request: ExchangeRequest, now: number): Promise<Decision> {
    const [key] = (await selectKey(tx, { id: request.keyId })).rows;
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
      orgId: key.org_id,
      name: request.name,
      status: key.approve_new_sites === 1 ? "approved" : "pending",
      keyId: key.id,
      now,
    });
    const { newtId, secret } = credentials;
    await insertNewt(tx, { id: newtId, siteId: site.id, secretHash: peppered(pepper, secret) });
    if (request.nonce) {
      await replay.keep(tx, key.id, request.nonce, { newtId }, JSON.stringify(credentials));
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

function refusalOf(key: ProvisioningKeyRow, now: number): "invalid" | "used_up" | "expired" {
  const { max_usage, used, expires_at, revoked_at } = key;
  const state = usageState({ maxUsage: max_usage, used, expiresAt: expires_at, revokedAt: revoked_at }, now);
  return state === "used_up" || state === "expired" ? state : "invalid";
}
