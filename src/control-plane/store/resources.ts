import type { Blueprint } from "../../provisioning/blueprint/index.js";
import type { Schema, Tx } from "./schema.js";

type Kind = Schema["resource"]["kind"];

/**
 * Creates or replaces a document's resources for a site. A resource belongs to the site that made it: if one of the
 * document's belongs to another, nothing is written and the answer says which.
 */
export async function putResources(
  tx: Tx,
  { siteId, orgId }: { readonly siteId: number; readonly orgId: string },
  { publicResources, privateResources }: Blueprint,
  { source, at }: { readonly source: string; readonly at: number },
): Promise<string | undefined> {
  const sections = [
    ["public", publicResources],
    ["private", privateResources],
  ] as const;
  for (const [kind, resources] of sections) {
    const foreign = await ofAnotherSite(tx, orgId, siteId, kind, Object.keys(resources));
    if (foreign !== undefined) return `the ${kind} resource ${foreign} belongs to another site`;
  }
  for (const [kind, resources] of sections) {
    for (const [niceId, resource] of Object.entries(resources)) {
      const document = JSON.stringify(resource);
      await tx
        .insertInto("resource")
        .values({ org_id: orgId, kind, nice_id: niceId, site_id: siteId, source, document, updated_at: at })
        .onConflict((conflict) =>
          conflict.columns(["org_id", "kind", "nice_id"]).doUpdateSet({ source, document, updated_at: at }),
        )
        .execute();
    }
  }
  return undefined;
}

/** Names asked for in one statement. */
const namesAtOnce = 1_000;

async function ofAnotherSite(
  tx: Tx,
  orgId: string,
  siteId: number,
  kind: Kind,
  niceIds: readonly string[],
): Promise<string | undefined> {
  for (let start = 0; start < niceIds.length; start += namesAtOnce) {
    const row = await tx
      .selectFrom("resource")
      .select("nice_id")
      .where("org_id", "=", orgId)
      .where("kind", "=", kind)
      .where("nice_id", "in", niceIds.slice(start, start + namesAtOnce))
      .where("site_id", "<>", siteId)
      .executeTakeFirst();
    if (row) return row.nice_id;
  }
  return undefined;
}
