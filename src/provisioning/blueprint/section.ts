import { isRecord } from "../record.js";
import { isPrototypeKey } from "./bounds.js";
import { type CheckedEntry, checkEntry, issueFindings, niceIdFindings } from "./entry.js";
import type { Finding } from "./finding.js";
import type { Findings } from "./findings.js";
import { keysOf, unknownKeys } from "./keys.js";
import type { KindOfEntry } from "./kinds.js";
import { messageOf } from "./messages.js";
import { SiteShape } from "./schema/document.js";

/** What is in a document of one kind, its older and newer section taken together. */
interface CheckedSection<Written, Normal> {
  readonly entries: readonly CheckedEntry<Written, Normal>[];
  /** The sound ones, by niceId. */
  readonly normal: Readonly<Record<string, Normal>>;
}

/**
 * Looks at each entry of a kind. Of two with one name the newer section's counts; both are looked at (PROTOCOLS B2). Adds
 * what it finds, and ends where more errors would not be told.
 */
export function checkSection<Written, Normal>(
  kind: KindOfEntry<Written, Normal>,
  document: Readonly<Record<string, unknown>>,
  findings: Findings,
): CheckedSection<Written, Normal> {
  const entries = new Map<string, CheckedEntry<Written, Normal>>();
  for (const section of [kind.olderSection, kind.section]) {
    if (section === undefined) continue;
    const [named, fault] = entriesOf(document, section);
    findings.add(fault);
    for (const [niceId, value] of named) {
      if (findings.isFull("error")) break;
      const older = entries.get(niceId);
      findings.add(niceIdFindings(niceId, [section, niceId]));
      const entry = checkEntry(kind, [section, niceId], value, findings);
      if (older) findings.add([{ level: "warning", path: older.path, message: `gives way to that of ${section}` }]);
      entries.set(niceId, entry);
    }
  }
  const sound = [...entries].flatMap(([niceId, { normal }]) =>
    normal === undefined ? [] : [[niceId, normal] as const],
  );
  return { entries: [...entries.values()], normal: Object.fromEntries(sound) };
}

/** Sites are checked, and of no effect (PROTOCOLS B2). */
export function siteFindings(document: Readonly<Record<string, unknown>>): Finding[] {
  const [sites, fault] = entriesOf(document, "sites");
  const within = sites.flatMap(([name, site]) => {
    const path = ["sites", name];
    const parsed = SiteShape.safeParse(site, { error: messageOf });
    return [...issueFindings(parsed.error?.issues ?? [], path), ...unknownKeys(siteKeys, site, path)];
  });
  const idle: Finding[] = sites.length > 0 ? [{ level: "warning", path: ["sites"], message: withoutEffect }] : [];
  return [...fault, ...idle, ...within];
}

const siteKeys = keysOf(SiteShape);
const withoutEffect = "has no effect: a site comes into being by its exchange";

/** The entries of a section, and what is wrong with the section itself. Keys of prototypes are told of elsewhere. */
function entriesOf(
  document: Readonly<Record<string, unknown>>,
  section: string,
): [entries: readonly (readonly [string, unknown])[], fault: Finding[]] {
  const value = Object.hasOwn(document, section) ? document[section] : undefined;
  if (value === undefined) return [[], []];
  if (!isRecord(value)) {
    return [
      [],
      [{ level: "error", path: [section], message: "must be a map of entries by name; leave it out for none" }],
    ];
  }
  return [Object.entries(value).filter(([niceId]) => !isPrototypeKey(niceId)), []];
}
