import type { z } from "zod";
import { isRecord } from "../record.js";
import { isPrototypeKey } from "./bounds.js";
import type { Finding, Path } from "./finding.js";
import { type Findings, mostFindings } from "./findings.js";
import { unknownKeys } from "./keys.js";
import type { KindOfEntry } from "./kinds.js";
import { messageOf } from "./messages.js";
import { askRules, type Sound } from "./rules/rule.js";
import { isBroken, longestNiceId } from "./schema/values.js";

/** An entry that was looked at, sound or not. */
export interface CheckedEntry<Written, Normal> {
  readonly path: Path;
  /** What is sound of it, for rules about several entries. */
  readonly sound: Sound<Written>;
  /** Undefined if its shape is broken. */
  readonly normal: Normal | undefined;
}

/** Looks at an entry: its keys, their values, and what they must be to one another. Adds what it finds. */
export function checkEntry<Written, Normal>(
  kind: KindOfEntry<Written, Normal>,
  path: Path,
  value: unknown,
  findings: Findings,
): CheckedEntry<Written, Normal> {
  const parsed = kind.shape.safeParse(value, { error: messageOf });
  const issues = parsed.success ? [] : parsed.error.issues;
  const broken = new Set(issues.map((issue) => String(issue.path[0] ?? "")));
  const sound = parsed.success ? parsed.data : soundPart(kind, value, broken);
  const lone = isLone(kind, value);
  const isSound = (key: string) => (lone ? key === kind.loneKey : true) && !broken.has(key);
  const rules = isRecord(value) ? kind.rules.filter(({ level }) => !findings.isFull(level)) : [];
  const complaints = askRules(rules, sound, path, isSound);
  findings.add(issueFindings(issues, path));
  findings.add(complaints);
  if (!findings.isFull("warning")) findings.add(unknownKeys(kind.keys, value, path));
  const isWhole = parsed.success && !complaints.some(({ level }) => level === "error");
  return { path, sound, normal: isWhole ? kind.normal(parsed.data) : undefined };
}

/** What is wrong with the name of an entry. */
export function niceIdFindings(niceId: string, path: Path): Finding[] {
  const complain = (message: string): Finding[] => [{ level: "error", path, at: "key", message }];
  if (isPrototypeKey(niceId)) return complain("is no name that a document may use");
  if (niceId === "") return complain("an entry needs a name");
  if (niceId.length > longestNiceId) return complain(`a name has at most ${longestNiceId} characters`);
  if (/\p{Cc}/u.test(niceId)) return complain("a name has no line breaks or other control characters");
  const isNone = `${JSON.stringify(niceId)} is no niceId`;
  if (isBroken(niceId)) return complain(`${isNone}: it has half a character`);
  return niceId === "." || niceId === ".." ? complain(`${isNone}: no address of the API can end with it`) : [];
}

/** What is left of an entry without its broken keys. */
function soundPart<Written>(
  kind: KindOfEntry<Written, unknown>,
  value: unknown,
  broken: ReadonlySet<string>,
): Sound<Written> {
  const rest = isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !broken.has(key))) : {};
  return kind.partialShape.safeParse(rest).data ?? {};
}

function isLone({ loneKey, keys }: Pick<KindOfEntry<unknown, unknown>, "loneKey" | "keys">, value: unknown): boolean {
  if (loneKey === undefined || !isRecord(value)) return false;
  return Object.entries(value).every(
    ([key, below]) => key === loneKey || below === undefined || !keys.fields?.has(key),
  );
}

/** What zod found, as findings at a place. */
export function issueFindings(issues: readonly z.core.$ZodIssue[], at: Path): Finding[] {
  return issues
    .slice(0, mostFindings + 1)
    .map(({ path, message }) => ({ level: "error", path: [...at, ...path.map(part)], message }));
}

function part(key: PropertyKey): string | number {
  return typeof key === "number" ? key : String(key);
}
