import type { Finding, Path, PathPart } from "../finding.js";
import { labelName, pathOfLabel, prefix } from "./name.js";
import { Branch } from "./tree.js";
import { isTextAt, valueOfLabel } from "./value.js";

/** Labels of a container, by name. */
export type Labels = Readonly<Record<string, string>>;

/** A document made of labels, and those that could not become part of it. */
export interface LabelledDocument {
  readonly document: unknown;
  readonly skipped: readonly Finding[];
}

/**
 * A document as Docker labels (PROTOCOLS B13), such as `pangolin.public-resources.web.targets[0].port`. Names that are no
 * plain words stand in brackets and quotes. What is null where a text belongs is left out.
 */
export function labelsOf(document: unknown): Record<string, string> {
  return Object.fromEntries([...leavesOf(document, [])].map(([path, text]) => [labelName(path), text]));
}

function* leavesOf(value: unknown, path: Path): Generator<readonly [Path, string]> {
  if (typeof value !== "object" || value === null) return yield [path, String(value)];
  const entries = entriesOf(value).filter(([key, below]) => !isAbsent(below, [...path, key]));
  if (entries.length === 0 && path.length > 0) yield [path, Array.isArray(value) ? "[]" : "{}"];
  for (const [key, below] of entries) yield* leavesOf(below, [...path, key]);
}

function entriesOf(value: object): (readonly [PathPart, unknown])[] {
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value);
}

/** A label with the text `null` would be that text. */
function isAbsent(value: unknown, path: Path): boolean {
  return value === undefined || (value === null && isTextAt(path));
}

/** The document that labels describe. Labels of other programs are left alone; what is none of a document is told. */
export function documentOfLabels(labels: Labels): LabelledDocument {
  const tree = new Branch();
  const { skipped } = putLabels(tree, labels);
  return { document: tree.plain(), skipped };
}

const mostLabels = 50_000;

/** Adds labels to a document; gives the paths that are now in it. */
export function putLabels(
  tree: Branch,
  labels: Labels,
  isWelcome: (path: Path) => boolean = () => true,
): { readonly paths: readonly Path[]; readonly skipped: readonly Finding[] } {
  const names = Object.keys(labels).filter((name) => name.startsWith(prefix));
  const skipped: Finding[] = [];
  const skip = (name: string, why: string, path: Path = []): void => {
    skipped.push({ level: "error", path, message: `the label ${clipped(name)} ${why}` });
  };
  const wanted: { readonly name: string; readonly path: Path }[] = [];
  for (const name of names.slice(0, mostLabels)) {
    const path = pathOfLabel(name);
    if (typeof path === "string") skip(name, path);
    else if (!isWelcome(path)) skip(name, "is of no section that containers may fill", path);
    else wanted.push({ name, path });
  }
  if (names.length > mostLabels) skip(names[mostLabels] ?? "", `and those after it are more than ${mostLabels}`);

  const paths: Path[] = [];
  for (const { name, path } of wanted.sort((one, other) => byPath(one.path, other.path))) {
    const why = tree.put(path, valueOfLabel(labels[name] ?? "", path));
    if (why === undefined) paths.push(path);
    else skip(name, why, path);
  }
  return { paths, skipped };
}

const longestName = 200;

function clipped(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}

/** Names before positions, and these in their order, so that a list grows from its beginning. */
function byPath(one: Path, other: Path): number {
  for (const [depth, part] of one.entries()) {
    const against = other[depth];
    if (part === against) continue;
    if (against === undefined) return 1;
    if (typeof part === "number") return typeof against === "number" ? part - against : 1;
    return typeof against === "number" || part < against ? -1 : 1;
  }
  return one.length - other.length;
}
