import type { Finding, Path } from "../finding.js";

/** What a rule has to say, at a place below the rule's own. */
export interface Complaint {
  readonly at: Path;
  readonly message: string;
}

/** What is known of an entry, some keys of which may be broken. */
export type Sound<Written> = { readonly [Key in keyof Written]?: Written[Key] | undefined };

/**
 * A rule about one entry of a document, or about several of its keys. It is not asked where a key that it reads is
 * broken, so that one mistake is told of once and hides no other.
 */
export interface Rule<Written> {
  readonly level: Finding["level"];
  readonly reads: readonly (keyof Written & string)[];
  readonly at: Path;
  /** The complaints about an entry. Keys that the rule does not read may be missing in it. */
  find(entry: Sound<Written>): readonly Complaint[];
}

interface Declared<Written, Key extends keyof Written> {
  readonly level: Finding["level"];
  readonly reads: readonly Key[];
  readonly at: string;
  /** A message is about the place of the rule; undefined and an empty list: nothing to complain about. */
  find(entry: Pick<Written, Key>): string | undefined | readonly Complaint[];
}

/** Declares a rule that sees the keys it reads and no others. */
export function ruleFor<Written>() {
  return <Key extends keyof Written & string>({ level, reads, at, find }: Declared<Written, Key>): Rule<Written> => ({
    level,
    reads,
    at: [at],
    find(entry) {
      const found = has(entry, reads) ? find(entry) : undefined;
      return typeof found === "string" ? [{ at: [], message: found }] : (found ?? []);
    },
  });
}

/** True by the contract of {@link Rule.find}: who asks a rule has made sure that the keys it reads are sound. */
function has<Written, Key extends keyof Written>(
  entry: Sound<Written>,
  _keys: readonly Key[],
): entry is Sound<Written> & Pick<Written, Key> {
  return entry !== undefined;
}

/** Asks all rules that read sound keys only. `path` is where the entry stands. */
export function askRules<Written>(
  rules: readonly Rule<Written>[],
  entry: Sound<Written>,
  path: Path,
  isSound: (key: string) => boolean,
): Finding[] {
  return rules
    .filter(({ reads }) => reads.every(isSound))
    .flatMap((rule) =>
      rule.find(entry).map(({ at, message }) => ({ level: rule.level, path: [...path, ...rule.at, ...at], message })),
    );
}

/** A complaint about each item of a list that has one. */
export function eachItem<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => string | null | undefined,
  below: Path = [],
): Complaint[] {
  return items.flatMap((item, index) => {
    const message = find(item, index);
    return typeof message === "string" ? [{ at: [index, ...below], message }] : [];
  });
}

/** A complaint about each item that has the same mark as one before it. An item without a mark is like no other. */
export function eachDouble<Item>(
  items: readonly Item[],
  markOf: (item: Item, index: number) => string | number | undefined,
  message: (index: number) => string,
): Complaint[] {
  const first = new Map<string | number, number>();
  return eachItem(items, (item, index) => {
    const mark = markOf(item, index);
    if (mark === undefined) return undefined;
    const other = first.get(mark);
    if (other === undefined) first.set(mark, index);
    return other === undefined ? undefined : message(other);
  });
}
