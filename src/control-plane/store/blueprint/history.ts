import { type Expression, sql } from "kysely";
import type { BlueprintSource } from "../../../protocol/integration/schema.js";
import { niceId } from "../../../provisioning/names.js";
import type { Random } from "../../../world/random.js";
import type { Applier } from "../resource/applier.js";
import type { Tx } from "../schema.js";
import { type HoleMaker, statement } from "../statement.js";

/** A document that was sent. */
export interface Sent {
  readonly source: BlueprintSource;
  readonly contents: string;
  /** What its sender calls it; undefined: nothing. */
  readonly name?: string | undefined;
  /** True: a provisioning blueprint; false: one that governs; undefined: its sender does not say. */
  readonly once?: boolean | undefined;
}

/** What became of it. */
export interface Outcome {
  readonly as: "succeeded" | "failed" | "parked";
  readonly message: string;
  readonly warnings: readonly string[];
}

/** How many are kept: of a site for each way in which they ended, since it must not fill the disk; of an organisation. */
const most = { ofSite: 50, ofOrg: 1_000 } as const;

/** Counts a document that is the same as the newest of its sender, with the same outcome. */
function counting(newest: (hole: HoleMaker) => Expression<number>) {
  return statement((on, hole) =>
    on
      .updateTable("blueprint")
      .set(({ eb }) => ({ applications: eb("applications", "+", 1), last_at: hole<number>("at") }))
      .where("id", "=", newest(hole))
      .where("contents", "=", hole<string>("contents"))
      .where("succeeded", "=", hole<number>("succeeded"))
      .where("parked", "=", 0)
      .where("message", "=", hole<string>("message"))
      .where("once", "=", hole<number>("once"))
      .where("governs", "=", hole<number>("governs"))
      .where("warnings", "=", hole<string>("warnings"))
      .where("source", "=", hole<BlueprintSource>("source"))
      .where("name", "=", ({ fn, ref }) => fn.coalesce(hole<string>("given"), ref("name")))
      .returning("id"),
  );
}

const countOfSite = counting((hole) => sql<number>`(select max(id) from blueprint where site_id = ${hole("siteId")})`);
const countOfOrg = counting(
  (hole) => sql<number>`(select max(id) from blueprint where org_id = ${hole("orgId")} and source <> 'NEWT')`,
);

const insert = statement((on, hole) =>
  on.insertInto("blueprint").values({
    org_id: hole<string>("orgId"),
    site_id: hole<number | null>("siteId"),
    name: hole<string>("name"),
    source: hole<BlueprintSource>("source"),
    contents: hole<string>("contents"),
    succeeded: hole<number>("succeeded"),
    parked: hole<number>("parked"),
    message: hole<string>("message"),
    created_at: hole<number>("at"),
    once: hole<number>("once"),
    governs: hole<number>("governs"),
    warnings: hole<string>("warnings"),
  }),
);

const forgetOfSite = statement((on, hole) =>
  on
    .deleteFrom("blueprint")
    .where("id", "in", ({ selectFrom }) =>
      selectFrom("blueprint")
        .select("id")
        .where("site_id", "=", hole<number>("siteId"))
        .where("parked", "=", 0)
        .where("succeeded", "=", hole<number>("succeeded"))
        .orderBy("id", "desc")
        .limit(sql.lit(-1))
        .offset(sql.lit(most.ofSite)),
    ),
);

const forgetOfOrg = statement((on, hole) =>
  on.deleteFrom("blueprint").where("id", "in", ({ selectFrom }) =>
    selectFrom("blueprint")
      .select("id")
      .where("org_id", "=", hole<string>("orgId"))
      .where("source", "<>", sql.lit("NEWT" as const))
      .orderBy("id", "desc")
      .limit(sql.lit(-1))
      .offset(sql.lit(most.ofOrg)),
  ),
);

/** Keeps what became of a document; what is the same as the last of its sender is counted there. */
export async function remember(tx: Tx, random: Random, sender: Applier, sent: Sent, outcome: Outcome, at: number) {
  const { orgId, siteId = null } = sender;
  const values = {
    at,
    orgId,
    siteId,
    source: sent.source,
    contents: sent.contents,
    given: sent.name ?? null,
    once: sent.once === true ? 1 : 0,
    governs: sent.once === false ? 1 : 0,
    succeeded: outcome.as === "succeeded" ? 1 : 0,
    parked: outcome.as === "parked" ? 1 : 0,
    message: outcome.message,
    warnings: JSON.stringify(outcome.warnings),
  };
  const count = siteId === null ? countOfOrg : countOfSite;
  if (outcome.as !== "parked" && (await count(tx, values)).rows.length > 0) return;
  await insert(tx, { ...values, name: sent.name ?? niceId(random) });
  await forget(tx, sender, outcome.as);
}

/** Forgets the oldest of those that ended in this way, as far as there are too many. Those that wait are never too many. */
export async function forget(tx: Tx, { orgId, siteId }: Applier, as: Outcome["as"]): Promise<void> {
  if (as === "parked") return;
  if (siteId === undefined) await forgetOfOrg(tx, { orgId });
  else await forgetOfSite(tx, { siteId, succeeded: as === "succeeded" ? 1 : 0 });
}
