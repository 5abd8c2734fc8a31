import type { Expression } from "kysely";
import type { Log } from "../../world/log.js";
import { textsIfWhole } from "./json-list.js";
import { isCalled, isFrom, networksOf } from "./key-limits.js";
import type { ApprovalRuleRow, Tx } from "./schema.js";
import { statement } from "./statement.js";

/** A site that is about to come, or waits, as rules look at it. */
export interface Candidate {
  readonly keyId: string | null;
  /** The name that it was given; one that is called by its niceId has none, and fits no pattern. */
  readonly name: string | undefined;
  /** JSON list. */
  readonly labels: string;
  /** Where its exchange came from, if that is known. */
  readonly address: string | null;
}

/** Whether what a rule says can be read; one that cannot lets nobody in. */
export function isWhole({ source_cidrs }: ApprovalRuleRow): boolean {
  return textsIfWhole(source_cidrs) !== undefined;
}

/** Tells of a site whether all that a rule names holds for it, whatever the rule's room and its end. */
export function terms(rule: ApprovalRuleRow): (site: Candidate) => boolean {
  if (!isWhole(rule)) return () => false;
  const { key_id, name_pattern, label, source_cidrs } = rule;
  const networks = networksOf(source_cidrs);
  return ({ keyId, name, labels, address }) =>
    (key_id === null || key_id === keyId) &&
    isCalled(name_pattern, name) &&
    isFrom(networks, address) &&
    (label === null || (textsIfWhole(labels)?.includes(label) ?? false));
}

/** How many sites a rule may let in at a moment. */
export function roomOf({ max_sites, sites, expires_at }: ApprovalRuleRow, now: number): number {
  if (expires_at !== null && expires_at <= now) return 0;
  return max_sites === null ? Number.POSITIVE_INFINITY : Math.max(0, max_sites - sites);
}

/** Rules that have room and have not ended. */
export function openRules(on: Tx, now: Expression<number> | number) {
  return on
    .selectFrom("approval_rule")
    .selectAll("approval_rule")
    .where(({ eb, or, ref }) => or([eb("max_sites", "is", null), eb("sites", "<", ref("max_sites"))]))
    .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .orderBy("id");
}

const openRulesOf = statement((on, hole) =>
  openRules(on, hole<number>("now"))
    .where("org_id", "=", hole<string>("orgId"))
    .where(({ eb, or }) => or([eb("key_id", "is", null), eb("key_id", "=", hole<string | null>("keyId"))])),
);

/** Tells the log of rules that cannot be read, of each once. */
export class DamagedRules {
  readonly #told = new Set<number>();

  constructor(private readonly log: Log) {}

  tell(rules: readonly ApprovalRuleRow[]): void {
    for (const rule of rules) {
      if (isWhole(rule) || this.#told.has(rule.id)) continue;
      this.#told.add(rule.id);
      this.log.error("approval rule damaged", { org: rule.org_id, rule: rule.id });
    }
  }
}

/**
 * The first open rule of an organisation that fits. Whom it lets in is counted within the same transaction, so that no
 * two take the last place.
 */
export async function ruleFor(
  tx: Tx,
  orgId: string,
  candidate: Candidate,
  { now, damaged }: { readonly now: number; readonly damaged: DamagedRules },
): Promise<ApprovalRuleRow | undefined> {
  const { rows } = await openRulesOf(tx, { orgId, now, keyId: candidate.keyId });
  damaged.tell(rows);
  return rows.find((rule) => terms(rule)(candidate));
}
