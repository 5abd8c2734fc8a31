import { FirstbootError } from "../../error.js";
import type { Env } from "../../world/world.js";
import { isRecord } from "../record.js";
import { type BlueprintCheck, type CheckOptions, checkBlueprint } from "./check.js";
import { type Finding, type Path, type Place, placeText } from "./finding.js";
import type { Fault } from "./yaml/fault.js";
import { largest, mostFaults } from "./yaml/limits.js";
import { Lines } from "./yaml/lines.js";
import { type Source, sourceOfScalars, sourceOfText } from "./yaml/source.js";
import { parseYaml } from "./yaml/syntax.js";
import { type Spots, valuesOf } from "./yaml/values.js";

export interface ReadOptions {
  /**
   * Where templates are filled. In `scalars` (default): no value can change the structure, and a template that is a whole
   * unquoted scalar may become a number or a boolean. In the `text`: as newt does it (PROTOCOLS B1).
   */
  readonly templates?: "scalars" | "text";
}

export interface ReadBlueprint {
  readonly document: unknown;
  /** Where the value at a path stands, or its key; for a path that is not there, the key of the entry that lacks it. */
  placeOf(path: Path, at?: "key"): Place;
}

/**
 * Reads a blueprint's YAML and fills its templates from an environment. At most 1 MiB and 100 levels, aliases followed.
 * Throws FB1006 with every mistake and its line and column.
 */
export function readBlueprint(yaml: string, env: Env, options: ReadOptions = {}): ReadBlueprint {
  const { faults, document, placeOf } = read(yaml, env, options);
  if (faults.length === 0) return { document, placeOf };
  const told = faults.slice(0, mostTold).map(({ message, place }) => `${placeText(place)}: ${message}`);
  const more = faults.length - told.length;
  throw new FirstbootError("FB1006", {
    what: "the blueprint cannot be read",
    why: [...told, ...(more > 0 ? [`and ${more}${faults.length < mostFaults ? "" : " or"} more`] : [])].join("; "),
  });
}

/** Checks a blueprint's YAML, templates filled. Each finding has its place, and they come in that order. */
export function checkBlueprintYaml(yaml: string, env: Env, options: CheckOptions & ReadOptions = {}): BlueprintCheck {
  const { templates = options.strict ? "text" : "scalars" } = options;
  const { faults, document, placeOf } = read(yaml, env, { templates });
  if (document === undefined) return { ok: false, problems: faults, warnings: [] };
  const check = checkBlueprint(document, options);
  const placed = (findings: readonly Finding[]): Finding[] =>
    findings.map((finding) => ({ ...finding, place: placeOf(finding.path, finding.at) }));
  const warnings = placed(check.warnings).sort(byPlace);
  if (check.ok && faults.length === 0) return { ...check, warnings };
  return { ok: false, problems: [...faults, ...placed(check.ok ? [] : check.problems)].sort(byPlace), warnings };
}

/** The JSON text that a site sends for a blueprint file (PROTOCOLS B1). Throws FB1006 as `readBlueprint` does. */
export function blueprintJson(yaml: string, env: Env, options: ReadOptions = {}): string {
  return JSON.stringify(readBlueprint(yaml, env, options).document);
}

const mostTold = 20;

interface Placed extends Finding {
  readonly place: Place;
}

interface Reading extends ReadBlueprint {
  readonly faults: readonly Placed[];
}

const start: Place = { line: 1, column: 1 };

function unreadable(faults: readonly Placed[]): Reading {
  return { document: undefined, placeOf: () => start, faults: faults.toSorted(byPlace) };
}

function unfit(message: string): Reading {
  return unreadable([{ level: "error", path: [], message, place: start }]);
}

function read(yaml: string, env: Env, { templates = "scalars" }: ReadOptions): Reading {
  if (yaml.length > largest) return unfit(`a blueprint has at most ${largest} characters`);
  const source = templates === "text" ? sourceOfText(yaml, env) : sourceOfScalars(yaml, env);
  if (source.text.length > largest) return unfit(`with its templates filled it has more than ${largest} characters`);

  const lines = new Lines(yaml);
  const placeAt = (offset: number): Place => lines.placeOf(source.originOf(offset));
  const placed = (faults: readonly Fault[]): Placed[] => faults.map((fault) => findingOf(fault, source, placeAt));
  const syntax = parseYaml(source.text);
  if (!syntax.ok) return unreadable(placed(syntax.faults));
  const { root, spots, faults } = valuesOf(syntax.contents, source);
  if (!isRecord(root)) return unfit("a blueprint is a map of sections, such as public-resources");
  return {
    document: root,
    placeOf: (path, at) => placeAt(offsetOf(root, spots, path, at)),
    faults: placed(faults).sort(byPlace),
  };
}

function findingOf(fault: Fault, source: Source, placeAt: (offset: number) => Place): Placed {
  const also = fault.other === undefined ? "" : `, first at ${placeText(placeAt(fault.other))}`;
  const message = source.restore(fault.message) + also;
  return { level: "error", path: fault.path, message, place: placeAt(fault.offset) };
}

function offsetOf(root: unknown, spots: ReadonlyMap<object, Spots>, path: Path, at?: "key"): number {
  let value = root;
  let last = spots.get(Object(root))?.values().next().value;
  for (const part of path) {
    const spot = spots.get(Object(value))?.get(part);
    if (spot === undefined) return last?.key ?? last?.value ?? 0;
    last = spot;
    value = Object(value)[part];
  }
  return (at === "key" ? last?.key : undefined) ?? last?.value ?? 0;
}

function byPlace(one: Finding, other: Finding): number {
  const [a, b] = [one.place, other.place];
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
