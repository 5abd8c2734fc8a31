import { sql } from "kysely";
import type { SiteStatus } from "../../protocol/integration/schema.js";
import { type Candidate, openRules } from "./rule-match.js";
import type { Tx } from "./schema.js";

/** Waiting sites that are looked at in one step; a bound, since requests wait meanwhile. */
export const waitingAtOnce = 256;

/** As a literal, so that the index of what is pending can serve. */
const pending = sql.lit<SiteStatus>("pending");

/** Open rules of organisations in which somebody waits, lowest id first. */
export function awaitedRules(tx: Tx, now: number): Promise<{ id: number }[]> {
  return openRules(tx, now)
    .where(({ exists, selectFrom }) => {
      const sites = selectFrom("site").select("site.id").whereRef("site.org_id", "=", "approval_rule.org_id");
      return exists(sites.where("site.status", "=", pending));
    })
    .execute();
}

/** Sites of an organisation that wait, oldest first, from after one on. */
export function waitingSites(tx: Tx, orgId: string, after: number) {
  return tx
    .selectFrom("site")
    .innerJoin("newt", "newt.site_id", "site.id")
    .select([
      "site.id as siteId",
      "newt.id as newtId",
      "site.provisioning_key_id as keyId",
      "site.nice_id as niceId",
      "site.name",
      "site.labels",
      "site.source_address as address",
    ])
    .where("site.org_id", "=", orgId)
    .where("site.status", "=", pending)
    .where("site.id", ">", after)
    .orderBy("site.id")
    .limit(waitingAtOnce)
    .execute();
}

type WaitingRow = Awaited<ReturnType<typeof waitingSites>>[number];

/** A waiting site as rules look at it. */
export function candidateOf({ keyId, niceId, name, labels, address }: WaitingRow): Candidate {
  return { keyId, labels, address, name: name === niceId ? undefined : name };
}
