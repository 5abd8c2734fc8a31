import type { ResourceRow } from "../schema.js";
import type { Applier, Moment } from "./applier.js";
import { columnsOf } from "./columns.js";
import type { Prepared } from "./entries.js";

/** A row as it is to be. */
export type PlannedRow = Omit<ResourceRow, "id"> & {
  /** Undefined: it is new. */
  readonly id: number | undefined;
};

type Marks = Pick<ResourceRow, "governed_by" | "edited_at">;

/** What tells of a difference, beside the document. */
const compared = [
  "enabled",
  "full_domain",
  "alias",
  "proxy_protocol",
  "proxy_port",
  "governed_by",
  "edited_at",
] as const;

/** The row of an entry; undefined: it stays as it is. `isChanged`: the entry or what belongs to it is to be otherwise. */
export function plannedRow(
  { niceId, entry, known, text, differs }: Prepared,
  applier: Applier,
  moment: Moment,
  isChanged: boolean,
): PlannedRow | undefined {
  const there = known?.row;
  const put = { source: moment.source, document: text, updated_at: moment.at };
  const owner = { id: undefined, org_id: applier.orgId, kind: entry.kind, nice_id: niceId };
  const base = there ?? { ...owner, site_id: applier.siteId ?? null, ...put };
  const row = { ...base, ...(differs && put), ...columnsOf(entry), ...marksOf(there, applier, moment, isChanged) };
  return there && !differs && compared.every((name) => there[name] === row[name]) ? undefined : row;
}

/** A site governs what it says it governs, or what it puts again; who else changes that has edited it. */
function marksOf(
  there: ResourceRow | undefined,
  { siteId }: Applier,
  { governs, at }: Moment,
  isChanged: boolean,
): Marks {
  const { governed_by = null, edited_at = null } = there ?? {};
  if (siteId === undefined) return { governed_by, edited_at: isChanged && governed_by !== null ? at : edited_at };
  return (governs ?? there !== undefined) ? { governed_by: siteId, edited_at: null } : { governed_by, edited_at };
}
