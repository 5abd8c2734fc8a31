import type { BlueprintStore } from "./blueprint/blueprints.js";
import { listed } from "./listed.js";
import type { ApprovalRuleRow, Tx } from "./schema.js";
import type { ConfigChange } from "./target/site-config.js";

/** A site that waits. */
export interface WaitingSite {
  readonly siteId: number;
  readonly orgId: string;
  readonly newtId: string;
}

/** A site that was let in: its newt is told after the commit, with what it is to do from then on, in this order. */
export interface ApprovedSite {
  readonly newtId: string;
  readonly configs: readonly ConfigChange[];
}

/** When sites are let in, by whom, or by which rule. */
export interface Approval {
  readonly at: number;
  readonly address: string | undefined;
  readonly rule?: Pick<ApprovalRuleRow, "id" | "name">;
}

/** What the audit says of a site that a rule lets in. */
export function byRule({ name }: Pick<ApprovalRuleRow, "name">): string {
  return `approved by rule ${name}`;
}

/** Lets pending sites in, however many, and applies what they have parked. */
export async function approve(
  tx: Tx,
  blueprints: BlueprintStore,
  sites: readonly WaitingSite[],
  { at, address, rule }: Approval,
): Promise<ApprovedSite[]> {
  if (sites.length === 0) return [];
  const ids = listed<number>(JSON.stringify(sites.map(({ siteId }) => siteId)));
  await tx
    .updateTable("site")
    .set({ status: "approved", approved_by: rule?.id ?? null })
    .where("id", "in", ids)
    .execute();
  await tx
    .insertInto("audit")
    .columns(["at", "action", "org_id", "key_id", "target", "address", "result"])
    .expression(({ selectFrom }) =>
      selectFrom("site")
        .select(({ val }) => [
          val(at).as("at"),
          val("approve").as("action"),
          "org_id",
          "provisioning_key_id",
          "nice_id",
          val(address ?? null).as("address"),
          val(rule ? byRule(rule) : "approved").as("result"),
        ])
        .where("id", "in", ids)
        .orderBy("id"),
    )
    .execute();
  const parked = await tx
    .selectFrom("blueprint")
    .select("site_id")
    .distinct()
    .where("site_id", "in", ids)
    .where("parked", "=", 1)
    .execute();
  const waiting = new Set(parked.map(({ site_id }) => site_id));
  const approved: ApprovedSite[] = [];
  for (const { newtId, ...owner } of sites) {
    approved.push({ newtId, configs: waiting.has(owner.siteId) ? await blueprints.release(tx, owner) : [] });
  }
  return approved;
}
