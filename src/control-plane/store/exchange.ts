import { z } from "zod";
import { NewtId, newSiteCredentials, type SiteCredentials } from "../../provisioning/credentials.js";
import { peppered, sameHash } from "../../provisioning/secret.js";
import { openAlert } from "./alerts.js";
import { byRule } from "./approval.js";
import { audit, auditableKeyId } from "./audit.js";
import type { StoreBase } from "./base.js";
import { type Applicant, objectionOf } from "./key-limits.js";
import type { ReplayStore } from "./replay.js";
import { type DamagedRules, ruleFor } from "./rule-match.js";
import type { ApprovalRuleRow, ProvisioningKeyRow, Tx } from "./schema.js";
import { reclaimSites, renewSiteLease } from "./site-leases.js";
import { insertNewt, insertSite } from "./site-names.js";
import { statement } from "./statement.js";
import { isOddity, type Oddity, oddlyShown } from "./strangers.js";
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
export function exchangeStore(
  { world, command, pepper }: StoreBase,
  { replay, damaged }: { readonly replay: ReplayStore; readonly damaged: DamagedRules },
) {
  async function decide(tx: Tx, request: ExchangeRequest, now: number): Promise<Decision> {
    const [key] = (await selectKey(tx, { id: request.keyId })).rows;
    if (!key || !sameHash(key.secret_hash, peppered(pepper, request.keySecret))) {
      return { ...(key && { key }), answer: { outcome: "invalid" } };
    }
    if (key.revoked_at !== null) return { key, oddity: "revoked", answer: { outcome: "invalid" } };
    // Before the limits: the lost answer to a key's last use is still there to be had.
    const kept = request.nonce && (await replay.find(tx, key.id, request.nonce));
    if (kept) {
      const credentials = StoredCredentials.parse(JSON.parse(kept));
      if (key.reclaim_after !== null) await renewSiteLease(tx, credentials.newtId, now);
      const [site] = (await selectSite(tx, { newtId: credentials.newtId })).rows;
      return { key, site: site?.nice_id, answer: { outcome: "replayed", credentials } };
    }
    const refusal = objectionOf(key, request, now) ?? (await takeUse(tx, key, now));
    if (refusal) return { key, ...(isOddity(refusal) && { oddity: refusal }), answer: { outcome: refusal } };

    const credentials = newSiteCredentials(world.random);
    const facts = { keyId: key.id, name: request.name, labels: key.labels, address: request.address };
    const approves = key.approve_new_sites === 1;
    const rule = approves ? undefined : await ruleFor(tx, key.org_id, facts, { now, damaged });
    const site = await insertSite(tx, world.random, {
      ...facts,
      orgId: key.org_id,
      status: approves || rule ? "approved" : "pending",
      approvedBy: rule?.id ?? null,
      now,
    });
    const { newtId, secret } = credentials;
    await insertNewt(tx, { newtId, siteId: site.id, secretHash: peppered(pepper, secret) });
    if (request.nonce) {
      await replay.keep(tx, key.id, request.nonce, { newtId }, JSON.stringify(credentials));
    }
    return { key, site: site.nice_id, rule, answer: { outcome: "created", credentials } };
  }

  return (request: ExchangeRequest): Promise<ExchangeAnswer> =>
    command(async (tx) => {
      const now = world.clock.now();
      const { key, site, rule, oddity, answer } = await decide(tx, request, now);
      if (request.quiet && answer.outcome === "invalid") return answer;
      const about = {
        at: now,
        orgId: key?.org_id,
        keyId: key?.id ?? auditableKeyId(request.keyId),
        target: site,
        address: request.address,
      };
      await audit(tx, { ...about, action: "exchange", result: answer.outcome });
      if (rule) await audit(tx, { ...about, action: "approve", result: byRule(rule) });
      if (key && oddity) await openAlert(tx, oddlyShown(key, request, oddity), now);
      return answer;
    });
}

interface Decision {
  readonly answer: ExchangeAnswer;
  readonly key?: ProvisioningKeyRow;
  /** niceId of the site that is answered. */
  readonly site?: string | undefined;
  /** The rule that has let it in. */
  readonly rule?: ApprovalRuleRow | undefined;
  /** What is strange about who shows the right secret. */
  readonly oddity?: Oddity;
}

/** Takes a use of a key, one that overdue leases give back if need be; otherwise why there is none. */
async function takeUse(tx: Tx, key: ProvisioningKeyRow, now: number): Promise<"used_up" | "full" | undefined> {
  if (await consumeUse(tx, key.id, now)) return undefined;
  const freed = key.reclaim_after === null ? 0 : await reclaimSites(tx, now, key.id);
  if (freed > 0 && (await consumeUse(tx, key.id, now))) return undefined;
  return key.max_usage !== null && key.used >= key.max_usage ? "used_up" : "full";
}
