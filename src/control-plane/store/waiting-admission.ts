import { type ApprovedSite, approve } from "./approval.js";
import { lastAudit } from "./audit.js";
import type { StoreBase } from "./base.js";
import type { BlueprintStore } from "./blueprint/blueprints.js";
import { type DamagedRules, isWhole, roomOf, terms } from "./rule-match.js";
import type { ApprovalRuleRow, Tx } from "./schema.js";
import { awaitedRules, candidateOf, waitingAtOnce, waitingSites } from "./waiting-sites.js";

/** A rule after a page of waiting sites, who of them was let in, and after which the next page begins, if there is one. */
export interface Admitted {
  readonly rule?: ApprovalRuleRow;
  readonly approved: readonly ApprovedSite[];
  readonly next?: number | undefined;
}

/** Hears of who was let in, after each commit. */
export type Hear = (site: ApprovedSite) => void;

/** By so much the wall clock falls behind the monotonic one only where it was set back, milliseconds. */
const setBackMs = 1_000;

/** What rules admit with. */
export interface AdmissionParts {
  readonly blueprints: BlueprintStore;
  readonly damaged: DamagedRules;
}

/** Lets in those who wait whom rules fit, page by page: each page is a command, since requests wait meanwhile. */
export function waitingAdmission({ world, command, look }: StoreBase, { blueprints, damaged }: AdmissionParts) {
  /** Lets in those of a page of waiting sites that fit, as far as the rule has room. */
  async function admitPage(tx: Tx, ruleId: number, after: number, address?: string): Promise<Admitted> {
    const at = world.clock.now();
    const rule = await tx.selectFrom("approval_rule").selectAll().where("id", "=", ruleId).executeTakeFirst();
    if (!rule) return { approved: [] };
    damaged.tell([rule]);
    const room = isWhole(rule) ? roomOf(rule, at) : 0;
    if (room === 0) return { rule, approved: [] };
    const page = await waitingSites(tx, rule.org_id, after);
    const fits = terms(rule);
    const chosen = page.filter((site) => fits(candidateOf(site))).slice(0, room);
    const sites = chosen.map(({ siteId, newtId }) => ({ siteId, newtId, orgId: rule.org_id }));
    const approved = await approve(tx, blueprints, sites, { at, address, rule });
    const next = page.length < waitingAtOnce ? undefined : page.at(-1)?.siteId;
    return { rule: { ...rule, sites: rule.sites + approved.length }, approved, next };
  }

  /** Goes on page by page, each a command of its own; gives the last. `hear` is told of each before the next. */
  async function admitPages(ruleId: number, first: Admitted, hear: Hear, address?: string): Promise<Admitted> {
    let page = first;
    for (const site of page.approved) hear(site);
    while (page.next !== undefined) {
      const after = page.next;
      page = await command((tx) => admitPage(tx, ruleId, after, address));
      for (const site of page.approved) hear(site);
    }
    return page;
  }

  /** Lets in those of all that wait whom a rule fits. */
  async function admitAll(hear: Hear): Promise<void> {
    for (const { id } of await look((tx) => awaitedRules(tx, world.clock.now()))) {
      await admitPages(id, { approved: [], next: 0 }, hear);
    }
  }

  /** The last decision when all who wait had been looked at, and how far the wall clock was ahead of the monotonic one. */
  let looked: { readonly decision: number; readonly ahead: number } | undefined;

  return {
    /** The first page, within the command that makes the rule. */
    first: (tx: Tx, ruleId: number, address: string): Promise<Admitted> => admitPage(tx, ruleId, 0, address),

    /** Tells of the first page and does the others. */
    rest: admitPages,

    /** Looks again at those that wait: places were given back, names changed, or a rule that had ended has not any more. */
    again: async (hear: Hear): Promise<void> => {
      const ahead = world.clock.now() - world.clock.monotonic();
      const decision = await look(lastAudit);
      const last = looked;
      const isLookedFor =
        !last || ahead < last.ahead - setBackMs || (await look((tx) => mayFitMore(tx, last.decision)));
      if (isLookedFor) await admitAll(hear);
      looked = { decision, ahead };
    },
  };
}

/**
 * Whether anything was decided since that lets a rule fit more of those who wait: not that others came, at whom rules have
 * looked, nor that some were let in.
 */
async function mayFitMore(tx: Tx, since: number): Promise<boolean> {
  const decisions = tx.selectFrom("audit").select("id").where("id", ">", since);
  const others = decisions.where("action", "not in", ["exchange", "approve", "provision"]);
  return (await others.orderBy("id").limit(1).executeTakeFirst()) !== undefined;
}
