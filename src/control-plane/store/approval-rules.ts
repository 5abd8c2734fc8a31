import type { z } from "zod";
import { reasonOf } from "../../error.js";
import type { ApprovalRuleCreate, ApprovalRuleItem } from "../../protocol/integration/schema.js";
import { ruleItem } from "./approval-rule-rows.js";
import { audit } from "./audit.js";
import { millisecondsOrNull, type OrgDecider, type Page, type Range, type StoreBase } from "./base.js";
import type { ApprovalRuleRow, Database, Tx } from "./schema.js";
import { type AdmissionParts, type Hear, waitingAdmission } from "./waiting-admission.js";

/** Rules of an organisation; a bound, since an exchange may look at all of them. */
const mostRules = 100;

/** A rule that was made, and how many it has let in at once. */
export interface MadeRule {
  readonly item: ApprovalRuleItem;
  readonly approved: number;
}

/** Why no rule was made. `expired`: its time is over. */
export type Refusal = "unknown key" | "full" | "expired";

/** Rules by which pending sites are let in without anybody's decision. */
export function approvalRuleStore(base: StoreBase, parts: AdmissionParts) {
  const { world, database, command } = base;
  const admission = waitingAdmission(base, parts);

  /** Makes a rule and lets in the first of those that wait. */
  async function make(tx: Tx, { orgId, address }: OrgDecider, wish: z.output<typeof ApprovalRuleCreate>) {
    const now = world.clock.now();
    const expiresAt = millisecondsOrNull(wish.expiresAt);
    if (expiresAt !== null && expiresAt <= now) return "expired";
    const keyId = wish.siteProvisioningKeyId;
    if (keyId !== undefined && !(await hasKey(tx, orgId, keyId))) return "unknown key";
    if ((await countRules(tx, orgId)) >= mostRules) return "full";
    const rule = await tx
      .insertInto("approval_rule")
      .values({
        org_id: orgId,
        name: wish.name,
        key_id: keyId ?? null,
        name_pattern: wish.namePattern ?? null,
        label: wish.label ?? null,
        source_cidrs: JSON.stringify(wish.sourceCidrs ?? []),
        max_sites: wish.maxSites,
        expires_at: expiresAt,
        created_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await note(tx, "create", rule, now, address);
    return { rule, first: await admission.first(tx, rule.id, address) };
  }

  return {
    /**
     * Makes a rule and lets in those that wait and fit, a few with the rule and the others right after. `full`: the
     * organisation has as many rules as it may.
     */
    create: async (
      { orgId, address }: OrgDecider,
      wish: z.output<typeof ApprovalRuleCreate>,
      hear: Hear,
    ): Promise<MadeRule | Refusal> => {
      const made = await command((tx) => make(tx, { orgId, address }, wish));
      if (typeof made === "string") return made;
      let approved = 0;
      const count: Hear = (site) => {
        approved++;
        hear(site);
      };
      let { rule } = made;
      try {
        rule = (await admission.rest(rule.id, made.first, count, address)).rule ?? rule;
      } catch (error) {
        // The rule is there, and those who wait are looked at again within a minute.
        world.log.warn("not all who wait let in yet", { rule: rule.id, reason: reasonOf(error) });
        rule = { ...rule, sites: approved };
      }
      return { item: ruleItem(rule, world.clock.now()), approved };
    },

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<ApprovalRuleItem>> => {
      const rules = database.selectFrom("approval_rule").where("org_id", "=", orgId);
      const rows = await rules.selectAll().orderBy("id").limit(limit).offset(offset).execute();
      return { items: rows.map((row) => ruleItem(row, world.clock.now())), total: await countRules(database, orgId) };
    },

    /** Deletes a rule; whom it has let in stays. False: there is none. */
    delete: (id: number, { orgId, address }: OrgDecider): Promise<boolean> =>
      command(async (tx) => {
        const rule = await tx
          .deleteFrom("approval_rule")
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .returningAll()
          .executeTakeFirst();
        if (rule) await note(tx, "delete", rule, world.clock.now(), address);
        return rule !== undefined;
      }),

    admit: admission.again,
  };
}

async function countRules(from: Database | Tx, orgId: string): Promise<number> {
  const rules = from.selectFrom("approval_rule").where("org_id", "=", orgId);
  return (await rules.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow()).total;
}

async function hasKey(tx: Tx, orgId: string, keyId: string): Promise<boolean> {
  const key = tx.selectFrom("provisioning_key").select("id").where("org_id", "=", orgId).where("id", "=", keyId);
  return (await key.executeTakeFirst()) !== undefined;
}

function note(
  tx: Tx,
  action: "create" | "delete",
  { id, org_id: orgId, key_id, name }: ApprovalRuleRow,
  at: number,
  address: string,
): Promise<void> {
  const result = `${action}d rule ${name}`;
  return audit(tx, { at, action, orgId, keyId: key_id ?? undefined, target: `rule ${id}`, address, result });
}
