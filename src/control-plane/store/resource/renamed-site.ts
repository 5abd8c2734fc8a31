import { sql } from "kysely";
import type { Tx } from "../schema.js";
import { statement } from "../statement.js";
import type { Entry } from "./columns.js";
import { storedEntry } from "./stored.js";

/** Resources that a site's newt or its clients are led by, and whose documents may name it. */
const selectNaming = statement((on, hole) =>
  on
    .selectFrom("resource")
    .select(["id", "kind", "nice_id", "document"])
    .where("id", "in", ({ selectFrom }) =>
      selectFrom("target")
        .select("resource_id as id")
        .where("site_id", "=", hole<number>("siteId"))
        .union(selectFrom("resource_site").select("resource_id as id").where("site_id", "=", hole<number>("siteId"))),
    )
    .where(sql<boolean>`instr(document, ${hole("quoted")})`),
);

/** Documents as `[[id, document], …]`. */
const updateDocuments = statement((on, hole) =>
  on
    .updateTable("resource")
    .from(sql`json_each(${hole<string>("rows")})`.as("given"))
    .set({ document: sql<string>`given.value ->> 1` })
    .where("resource.id", "=", sql<number>`given.value ->> 0`),
);

/**
 * Lets documents name a site by its new niceId: an edit of one would be refused for the old one, or lead to another site
 * that has it by then.
 */
export async function renameInResources(tx: Tx, siteId: number, from: string, to: string): Promise<void> {
  const { rows } = await selectNaming(tx, { siteId, quoted: JSON.stringify(from) });
  const renamed = rows.flatMap(({ id, kind, nice_id, document }) => {
    const entry = storedEntry(kind, nice_id, document);
    return entry ? [[id, JSON.stringify(renamedIn(entry, (site) => (site === from ? to : site)))]] : [];
  });
  if (renamed.length > 0) await updateDocuments(tx, { rows: JSON.stringify(renamed) });
}

function renamedIn({ kind, document }: Entry, rename: (site: string) => string): object {
  if (kind === "policy") return document;
  if (kind === "private") return { ...document, sites: document.sites.map(rename) };
  const targets = document.targets.map((target) =>
    target?.site === undefined ? target : { ...target, site: rename(target.site) },
  );
  return { ...document, targets };
}
