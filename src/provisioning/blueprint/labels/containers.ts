import { isRecord } from "../../record.js";
import { checkBlueprint } from "../check.js";
import type { Finding, Path, PathPart } from "../finding.js";
import { sectionsOf } from "../kinds.js";
import { type LabelledDocument, type Labels, putLabels } from "./labels.js";
import { Branch } from "./tree.js";

/** What a newt tells of a container (PROTOCOLS A17). */
export interface LabelledContainer {
  readonly name: string;
  readonly state?: string | undefined;
  readonly ports?: readonly { readonly privatePort: number }[] | null | undefined;
  readonly labels?: Labels | null | undefined;
}

const publicSections = sectionsOf("public");
const sections = new Set<PathPart>([...publicSections, ...sectionsOf("private")]);

/**
 * The blueprint that the labels of running containers describe (PROTOCOLS B13). Targets without a host name or port get the
 * container's name and its first private port. Several containers may describe one resource together: the first that says
 * something is heard. Entries that do not fit are left out and told.
 */
export function documentOfContainers(containers: readonly LabelledContainer[]): LabelledDocument {
  const tree = new Branch();
  const skipped: Finding[] = [];
  for (const container of containers) {
    if (container.state !== "running" || !container.labels) continue;
    const put = putLabels(tree, container.labels, isOfResource);
    skipped.push(
      ...put.skipped.map((finding) => ({ ...finding, message: `container ${container.name}: ${finding.message}` })),
    );
    for (const path of put.paths) completeTarget(tree, path, container);
  }
  return withoutMisfits(tree.plain(), skipped);
}

function isOfResource([section, niceId]: Path): boolean {
  return sections.has(section ?? "") && typeof niceId === "string";
}

/** Fills what the target on a label's path lacks. */
function completeTarget(
  tree: Branch,
  [section, niceId, targets, index]: Path,
  { name, ports }: LabelledContainer,
): void {
  if (!publicSections.includes(String(section)) || targets !== "targets" || index === undefined || niceId === undefined)
    return;
  const target = tree.at([section ?? "", niceId, targets, index]);
  if (!(target instanceof Branch) || target.list) return;
  if (target.at(["hostname"]) === undefined) target.put(["hostname"], name.replace(/^\//, ""));
  const port = ports?.[0]?.privatePort;
  if (target.at(["port"]) === undefined && port !== undefined) target.put(["port"], port);
}

/** No site has more resources. */
const mostResources = 1_000;

/** Leaves out entries that are too many, those that do not fit alone, then those that do not fit beside others. */
function withoutMisfits(document: unknown, skipped: readonly Finding[]): LabelledDocument {
  const entries = entriesOf(document);
  const tooMany = entries.slice(mostResources).map(([section, niceId]): Finding => {
    return { level: "error", path: [section, niceId], message: `is more than ${mostResources} resources` };
  });
  const alone = entries
    .slice(0, mostResources)
    .flatMap(([section, niceId, entry]) => problemsOf({ [section]: { [niceId]: entry } }));
  const sound = without(document, [...tooMany, ...alone]);
  const together = problemsOf(sound);
  const fit = together.length > 0 ? without(sound, together) : sound;
  const isFit = together.length === 0 || problemsOf(fit).length === 0;
  return { document: isFit ? fit : {}, skipped: [...skipped, ...alone, ...together, ...tooMany] };
}

function problemsOf(document: unknown): readonly Finding[] {
  const check = checkBlueprint(document);
  return check.ok ? [] : check.problems;
}

function entriesOf(document: unknown): (readonly [string, string, unknown])[] {
  return Object.entries(Object(document)).flatMap(([section, entries]) =>
    isRecord(entries) ? Object.entries(entries).map(([niceId, entry]) => [section, niceId, entry] as const) : [],
  );
}

function without(document: unknown, problems: readonly Finding[]): unknown {
  const misfits = new Set(problems.map(({ path: [section, niceId] }) => JSON.stringify([section, niceId])));
  const kept = entriesOf(document).filter(([section, niceId]) => !misfits.has(JSON.stringify([section, niceId])));
  const result: Record<string, Record<string, unknown>> = {};
  for (const [section, niceId, entry] of kept) {
    const entries = result[section] ?? {};
    entries[niceId] = entry;
    result[section] = entries;
  }
  return result;
}
