import type { Finding, Path } from "./finding.js";
import { mostFindings } from "./findings.js";

/** Deeper documents, and those that contain themselves, are not looked at (PROTOCOLS D3 39). */
const deepest = 100;
const mostValues = 1_000_000;
/** Of one entry; each may lack several keys, and all complaints about an entry pass through one call. */
const mostValuesOfEntry = 10_000;
/** Sections and entries of a document; the check of each takes its time, however small it is. */
const mostEntries = 5_000;

/** Keys that would reach for the prototype of what they are written to. */
const prototypeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export function isPrototypeKey(key: string): boolean {
  return prototypeKeys.has(key);
}

/** Whether a document is one to be looked at, whatever it says, and the keys that no document may have. */
export interface Bounds {
  readonly fits: boolean;
  readonly findings: readonly Finding[];
}

/** Something that was come upon; a chain of parents, so that a path is only made for what is told of. */
interface Step {
  readonly value: unknown;
  readonly key: string | number;
  readonly parent: Step | undefined;
  readonly depth: number;
  /** How many values the entry has, of which it is a part. */
  readonly entry: { values: number };
}

/** The depth of entries in a document: below it, a section, a niceId. */
const entryDepth = 2;

/**
 * Looks for what could do harm. Iterative, so that no depth can exhaust the stack. `path` is where the document stands:
 * nowhere if it is a whole one, at its niceId if it is an entry.
 */
export function boundsOf(document: unknown, path: Path = []): Bounds {
  const findings: Finding[] = [];
  const steps: Step[] = [{ value: document, key: "", parent: undefined, depth: path.length, entry: { values: 0 } }];
  let values = 0;
  let entries = 0;
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { value, depth } = step;
    if (typeof value !== "object" || value === null) continue;
    if (depth > deepest) return unfit(path, `is nested deeper than ${deepest} levels`);
    for (const [key, below] of Object.entries(value)) {
      const entry = depth + 1 <= entryDepth ? { values: 0 } : step.entry;
      const next: Step = {
        value: below,
        key: Array.isArray(value) ? Number(key) : key,
        parent: step,
        depth: depth + 1,
        entry,
      };
      if (++values > mostValues) return unfit(path, `has more than ${mostValues} values`);
      if (next.depth <= entryDepth && ++entries > mostEntries)
        return unfit(path, `has more than ${mostEntries} sections and entries; apply it in several documents`);
      if (++entry.values > mostValuesOfEntry)
        return unfit(placeOf(path, next).slice(0, entryDepth), `has more than ${mostValuesOfEntry} values`);
      if (isPrototypeKey(key) && findings.length <= mostFindings) {
        findings.push({
          level: "error",
          path: placeOf(path, next),
          at: "key",
          message: "is no key that a document may have",
        });
      }
      steps.push(next);
    }
  }
  return { fits: true, findings };
}

function unfit(path: Path, message: string): Bounds {
  return { fits: false, findings: [{ level: "error", path, message }] };
}

function placeOf(path: Path, step: Step): Path {
  const below: (string | number)[] = [];
  for (let at = step; at.parent; at = at.parent) below.push(at.key);
  return [...path, ...below.reverse()];
}
