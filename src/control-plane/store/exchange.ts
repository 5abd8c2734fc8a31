import { z } from "zod";
import { NewtId, newSiteCredentials, type SiteCredentials } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import { audit, auditableKeyId } from "./audit.js";
import type { StoreBase } from "./base.js";
import { type Applicant, objectionOf } from "./key-limits.js";
import type { ReplayStore } from "./replay.js";
import type { ProvisioningKeyRow, Tx } from "./schema.js";
import { reclaimSites, renewSiteLease } from "./site-leases.js";
import { insertNewt, insertSite } from "./site-names.js";
import { statement } from "./statement.js";
import { consumeUse } from "./use.js";

/** A device's wish to become a site. */
export interface ExchangeRequest extends Applicant {
  readonly keyId: string;
  readonly keySecret: string;
  readonly nonce: string | undefined;
  /** The source has guessed wrong too often: one more wrong guess of it is not on record. */
  readonly quiet: boolean;
}

export type ExchangeAnswer =
  | { readonly outcome: "created" | "replayed"; readonly credentials: SiteCredentials }
  | { readonly outcome: "invalid" | "foreign_address" | "unfit_name" | "expired" | "used_up" | "full" };

const selectKey = statement((on, hole) =>
  on.selectFrom("provisioning_key").selectAll().where("id", "=", hole<string>("id")),
);

const selectSite = statement((on, hole) =>
  on
    .selectFrom("newt")
    .innerJoin("site", "site.id", "newt.site_id")
    .select("site.nice_id")
    .where("newt.id", "=", hole<string>("newtId")),
);

const StoredCredentials = z.object({ newtId: NewtId, secret: z.string() });

/** The exchange of a provisioning key for a site: exactly once for each use, repeatable until it is known to have arrived. */
export function exchangeStore({ world, command, pepper }: StoreBase, replay: ReplayStore) {
  async function decide(tx: Tx, request: ExchangeRequest, now: number): Promise<Decision> {
    const [key] = (await selectKey(tx, { id: request.keyId })).rows;
    if (!key || key.revoked_at !== null || !sameHash(key.secret_hash, peppered(pepper, request.keySecret))) {
      return { ...(key && { key }), answer: { outcome: "invalid" } };
    }
    // Before the limits: the lost answer to a key's last use is still there to be had.
    const kept = request.nonce && (await replay.find(tx, key.id, request.nonce));
    if (kept) {
      const credentials = StoredCredentials.parse(JSON.parse(kept));
      if (key.reclaim_after !== null) await renewSiteLease(tx, credentials.newtId, now);
      const [site] = (await selectSite(tx, { newtId: credentials.newtId })).rows;
      return { key, site: site?.nice_id, answer: { outcome: "replayed", credentials } };
    }
    const refusal = objectionOf(key, request, now) ?? (await takeUse(tx, key, now));
    if (refusal) return { key, answer: { outcome: refusal } };

    const credentials = newSiteCredentials(world.random);
    const site = await insertSite(tx, world.random, {
      orgId: key.org_id,
      name: request.name,
      status: key.approve_new_sites === 1 ? "approved" : "pending",
      keyId: key.id,
      labels: key.labels,
      now,
    });
    const { newtId, secret } = credentials;
    await insertNewt(tx, { newtId, siteId: site.id, secretHash: peppered(pepper, secret) });
    if (request.nonce) {
      await replay.keep(tx, key.id, request.nonce, { newtId }, JSON.stringify(credentials));
    }
    return { key, site: site.nice_id, answer: { outcome: "created", credentials } };
  }

  return (request: ExchangeRequest): Promise<ExchangeAnswer> =>
    command(async (tx) => {
      const now = world.clock.now();
      const { key, site, answer } = await decide(tx, request, now);
      if (request.quiet && answer.outcome === "invalid") return answer;
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
  /** niceId of the site that is answered. */
  readonly site?: string | undefined;
}

/** Takes a use of a key, one that overdue leases give back if need be; otherwise why there is none. */
async function takeUse(tx: Tx, key: ProvisioningKeyRow, now: number): Promise<"used_up" | "full" | undefined> {
  if (await consumeUse(tx, key.id, now)) return undefined;
  const freed = key.reclaim_after === null ? 0 : await reclaimSites(tx, now, key.id);
  if (freed > 0 && (await consumeUse(tx, key.id, now))) return undefined;
  return key.max_usage !== null && key.used >= key.max_usage ? "used_up" : "full";
}
