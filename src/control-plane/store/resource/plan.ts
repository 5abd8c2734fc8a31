import type { Blueprint } from "../../../provisioning/blueprint/index.js";
import type { Random } from "../../../world/random.js";
import { planTargets, type TargetPlan } from "../target/plan.js";
import type { Applier, Moment } from "./applier.js";
import { columnsOf, type Entry } from "./columns.js";
import { type Prepared, prepare } from "./entries.js";
import type { Live } from "./live.js";
import type { ResourceName } from "./mentions.js";
import { Notes } from "./notes.js";
import { checkKnown, missingRoles } from "./people.js";
import { checkEntries } from "./permitted.js";
import { type PlannedRow, plannedRow } from "./planned-row.js";
import { checkTaken } from "./taken.js";

/** A difference that an application makes. */
export interface PlannedChange extends ResourceName {
  readonly action: "create" | "update";
  /** Undefined: there was none, or a damaged one. */
  readonly before: Entry["document"] | undefined;
  readonly after: Entry["document"];
  /** niceId of the site whose blueprint file governs it and will overwrite this. */
  readonly governedBy: string | null;
}

/** The sites of a private resource, where they change. */
export interface PlannedReach {
  readonly niceId: string;
  readonly isNew: boolean;
  readonly sites: readonly number[];
}

/** All that an application writes. */
export interface ApplyPlan {
  readonly changes: readonly PlannedChange[];
  readonly rows: readonly PlannedRow[];
  readonly reach: readonly PlannedReach[];
  readonly targets: TargetPlan;
  /** Ids by niceId of the public and private resources that targets and sites belong to, as far as they are there. */
  readonly ids: Readonly<Record<"public" | "private", ReadonlyMap<string, number>>>;
  /** Ids of resources that the applying site's document does not govern any more. */
  readonly released: readonly number[];
  readonly roles: readonly string[];
  readonly warnings: readonly string[];
  /** Sites whose newts may have something else to do. */
  readonly sites: readonly number[];
  /** Sites whose governing files say otherwise. */
  readonly overruled: readonly number[];
}

/** What a document makes of what is there, or all that speaks against it. */
export function planApply(
  blueprint: Blueprint,
  live: Live,
  applier: Applier,
  moment: Moment,
): ApplyPlan | { readonly refused: readonly string[] } {
  const notes = new Notes();
  const entries = prepare(blueprint, live, applier, notes);
  checkEntries(entries, live, applier, notes);
  checkTaken(entries, live, applier, notes);
  checkKnown(live, applier.orgId, notes);
  const roles = missingRoles(live, notes);
  const targets = targetsOf(entries, live, applier, moment.random);
  if (typeof targets === "string") notes.problem(targets);
  if (notes.problems.length > 0 || typeof targets === "string") return { refused: notes.problems };

  const moved = new Set([
    ...targets.targets.map(({ niceId }) => niceId),
    ...targets.removed.map(({ resource_id }) => resource_id),
  ]);
  const changed = entries.filter(
    (each) =>
      !each.known ||
      each.differs ||
      isReachedOtherwise(each) ||
      (each.entry.kind === "public" && (moved.has(each.niceId) || moved.has(each.known.row.id))),
  );
  const isChanged = new Set(changed);
  const governed = applier.siteId === undefined ? changed.flatMap(({ known }) => known?.row.governed_by ?? []) : [];
  const named = new Set(entries.map(({ known }) => known?.row.id));
  return {
    changes: changed.map(changeOf),
    rows: entries.flatMap((each) => plannedRow(each, applier, moment, isChanged.has(each)) ?? []),
    reach: entries.filter(isReachedOtherwise).map(({ niceId, known, sites }) => ({ niceId, isNew: !known, sites })),
    targets,
    ids: { public: idsOf(entries, "public"), private: idsOf(entries, "private") },
    released: live.governed.filter(({ id }) => !named.has(id)).map(({ id }) => id),
    roles,
    warnings: notes.warnings,
    sites: concernedSites(entries, targets),
    overruled: [...new Set(governed)],
  };
}

function targetsOf(entries: readonly Prepared[], live: Live, { siteId }: Applier, random: Random): TargetPlan | string {
  const resources = entries
    .filter(({ entry }) => entry.kind === "public")
    .map(({ niceId, wishes, known }) => ({ niceId, wishes, rows: known?.targets ?? [] }));
  return planTargets(resources, live.ports, siteId, random);
}

function isReachedOtherwise({ entry, sites, known }: Prepared): boolean {
  if (entry.kind !== "private") return false;
  const there = new Set(known?.sites);
  return there.size !== sites.length || sites.some((id) => !there.has(id));
}

function changeOf({ niceId, entry, known, before }: Prepared): PlannedChange {
  return {
    action: known ? "update" : "create",
    kind: entry.kind,
    niceId,
    before,
    after: entry.document,
    governedBy: known?.governor ?? null,
  };
}

function idsOf(entries: readonly Prepared[], kind: Entry["kind"]): Map<string, number> {
  return new Map(
    entries.flatMap(({ entry, niceId, known }) => (known && entry.kind === kind ? [[niceId, known.row.id]] : [])),
  );
}

/** Sites that targets come to, leave, or are served at otherwise than before. */
function concernedSites(entries: readonly Prepared[], { targets, removed }: TargetPlan): number[] {
  const switched = entries.filter(({ entry, known }) => known && known.row.enabled !== columnsOf(entry).enabled);
  return [
    ...new Set([
      ...targets.flatMap(({ site_id, row }) => [site_id, row?.site_id ?? site_id]),
      ...removed.map(({ site_id }) => site_id),
      ...switched.flatMap(({ known }) => known?.targets.map(({ site_id }) => site_id) ?? []),
    ]),
  ];
}
