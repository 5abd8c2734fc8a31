import { isDeepStrictEqual } from "node:util";
import { type Blueprint, isTargetsOnly } from "../../../provisioning/blueprint/index.js";
import { type TargetWish, targetWishes } from "../target/wish.js";
import type { Applier } from "./applier.js";
import { type Entry, entriesOf } from "./columns.js";
import { type Known, knownKey, type Live } from "./live.js";
import type { Notes } from "./notes.js";
import { Reach } from "./reach.js";
import { storedEntry } from "./stored.js";

/** An entry of a document as it is to be, beside what is there of it. */
export interface Prepared {
  readonly niceId: string;
  /** Whole: what it leaves as it is is filled in, and its sites are niceIds. */
  readonly entry: Entry;
  /** Whether all of it is written, not its targets alone. */
  readonly isWhole: boolean;
  /** What is kept of it: JSON. */
  readonly text: string;
  readonly known: Known | undefined;
  /** The document that is there; undefined: none is, or a damaged one. */
  readonly before: Entry["document"] | undefined;
  /** Whether its document is another one than is there. */
  readonly differs: boolean;
  /** Of a public resource. */
  readonly wishes: readonly TargetWish[];
  /** The sites that a private resource is reached through. */
  readonly sites: readonly number[];
}

/** What a document says, resolved against what is there. */
export function prepare(blueprint: Blueprint, live: Live, applier: Applier, notes: Notes): Prepared[] {
  const reach = new Reach(live, applier, notes);
  return entriesOf(blueprint).map(([niceId, written]) => {
    const known = live.known.get(knownKey({ kind: written.kind, niceId }));
    const before = known && lazily(() => storedEntry(written.kind, niceId, known.row.document));
    const { entry, wishes = [], sites = [] } = resolved(niceId, completed(written, before), known, reach, written);
    const text = JSON.stringify(entry.document);
    const isSame = known?.row.document === text;
    const there = isSame ? entry.document : before?.()?.document;
    return {
      niceId,
      entry,
      isWhole: written.kind !== "public" || !isTargetsOnly(written.document),
      text,
      known,
      before: there,
      differs: !isSame && !isDeepStrictEqual(there, entry.document),
      wishes,
      sites,
    };
  });
}

/** An entry with what it leaves as it is: all but its targets, or single targets (PROTOCOLS B12). */
function completed(written: Entry, before: (() => Entry | undefined) | undefined): Entry {
  if (!before || written.kind !== "public") return written;
  const { document } = written;
  if (!isTargetsOnly(document) && !document.targets.includes(null)) return written;
  const there = before();
  if (there?.kind !== "public") return written;
  const targets = document.targets.map((target, position) => target ?? there.document.targets[position] ?? null);
  return { kind: "public", document: { ...(isTargetsOnly(document) ? there.document : document), targets } };
}

type Resolved = { readonly entry: Entry } & Partial<Pick<Prepared, "wishes" | "sites">>;

function resolved(niceId: string, entry: Entry, known: Known | undefined, reach: Reach, written: Entry): Resolved {
  if (entry.kind === "policy") return { entry };
  if (entry.kind === "private") {
    const { document, sites } = reach.ofPrivate(niceId, entry.document, known);
    return { entry: { kind: "private", document }, sites };
  }
  const kept = written.kind === "public" ? written.document.targets : [];
  const { document, sites } = reach.ofTargets(niceId, entry.document, known, (position) => kept[position] === null);
  return { entry: { kind: "public", document }, wishes: targetWishes(document, sites) };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
