import { type Expression, sql } from "kysely";
import type { BlueprintSource } from "../../../protocol/integration/schema.js";
import type { Blueprint } from "../../../provisioning/blueprint/index.js";
import type { Random } from "../../../world/random.js";
import type { Schema, Tx } from "../schema.js";
import { statement } from "../statement.js";
import { planTargets } from "../target/plan.js";
import { portsOf, putTargets, targetsOf } from "../target/rows.js";
import { targetWishes } from "../target/wish.js";

type Kind = Schema["resource"]["kind"];

/** The site that resources are put for. */
interface Owner {
  readonly siteId: number;
  readonly orgId: string;
}

/** How resources come about. */
interface Origin {
  readonly source: BlueprintSource;
  readonly at: number;
  readonly random: Random;
}

const selectKnown = statement((on, hole) =>
  on
    .selectFrom("resource")
    .select(["id", "nice_id", "site_id"])
    .where("org_id", "=", hole<string>("orgId"))
    .where("kind", "=", hole<Kind>("kind"))
    .where("nice_id", "in", textsIn(hole<string>("names"))),
);

const upsert = statement((on, hole) =>
  on
    .insertInto("resource")
    .values({
      org_id: hole<string>("orgId"),
      kind: hole<Kind>("kind"),
      nice_id: hole<string>("niceId"),
      site_id: hole<number>("siteId"),
      source: hole<BlueprintSource>("source"),
      document: hole<string>("document"),
      updated_at: hole<number>("at"),
    })
    .onConflict((conflict) =>
      conflict.columns(["org_id", "kind", "nice_id"]).doUpdateSet({
        source: hole<BlueprintSource>("source"),
        document: hole<string>("document"),
        updated_at: hole<number>("at"),
      }),
    )
    .returning("id"),
);

function textsIn(list: Expression<string>) {
  return sql<string>`(select value from json_each(${list}))`;
}

/**
 * Creates or replaces a document's resources for a site, with their targets. A resource belongs to the site that made it.
 * Where the document cannot be had as a whole nothing is written, and the answer says why.
 */
export async function putResources(
  tx: Tx,
  owner: Owner,
  { publicResources, privateResources }: Blueprint,
  { source, at, random }: Origin,
): Promise<string | undefined> {
  const known = await knownResources(tx, owner, "public", Object.keys(publicResources));
  if (typeof known === "string") return known;
  const foreign = await knownResources(tx, owner, "private", Object.keys(privateResources));
  if (typeof foreign === "string") return foreign;

  const rows = await targetsOf(tx, [...known.values()]);
  const wanted = Object.entries(publicResources).map(([niceId, resource]) => ({
    niceId,
    wishes: targetWishes(resource),
    rows: rows.get(known.get(niceId) ?? 0) ?? [],
  }));
  const wishes = wanted.some((resource) => resource.wishes.length > 0);
  const plan = planTargets(wanted, wishes ? await portsOf(tx, owner.siteId) : [], random);
  if (typeof plan === "string") return plan;

  async function put(kind: Kind, niceId: string, resource: object): Promise<number> {
    const values = { ...owner, kind, niceId, source, at, document: JSON.stringify(resource) };
    return (await upsert(tx, values)).rows[0]?.id ?? 0;
  }
  const ids = new Map<string, number>();
  for (const [niceId, resource] of Object.entries(publicResources)) {
    ids.set(niceId, await put("public", niceId, resource));
  }
  for (const [niceId, resource] of Object.entries(privateResources)) await put("private", niceId, resource);
  await putTargets(tx, owner.siteId, plan, ids);
  return undefined;
}

/** A site's resources of these names, by name; a text says which of them belongs to another site. */
async function knownResources(
  tx: Tx,
  { siteId, orgId }: Owner,
  kind: Kind,
  names: readonly string[],
): Promise<Map<string, number> | string> {
  if (names.length === 0) return new Map();
  const { rows } = await selectKnown(tx, { orgId, kind, names: JSON.stringify(names) });
  const foreign = rows.find(({ site_id }) => site_id !== siteId);
  if (foreign) return `the ${kind} resource ${foreign.nice_id} belongs to another site`;
  return new Map(rows.map(({ nice_id, id }) => [nice_id, id]));
}
