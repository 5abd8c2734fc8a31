import type { Path, PathPart } from "../finding.js";

/** So many places of a list may stay empty, so that an index cannot make it huge (PROTOCOLS D3 39). */
const mostGaps = 16;

/** A map or a list that grows by paths, in whatever order they come. */
export class Branch {
  readonly #entries = new Map<PathPart, unknown>();

  constructor(readonly list = false) {}

  get entries(): ReadonlyMap<PathPart, unknown> {
    return this.#entries;
  }

  /** What is at a path. */
  at(path: Path): unknown {
    const [key, ...rest] = path;
    if (key === undefined) return this;
    const below = this.#entries.get(key);
    return rest.length === 0 ? below : below instanceof Branch ? below.at(rest) : undefined;
  }

  /** Puts a value at a path; tells why it cannot be there. */
  put(path: Path, value: unknown): string | undefined {
    const [key, next, ...rest] = path;
    if (key === undefined || (typeof key === "number") !== this.list) return "stands in the way of another label";
    if (typeof key === "number" && key > this.#entries.size + mostGaps)
      return `leaves more than ${mostGaps} places empty`;
    return next === undefined ? this.#putHere(key, value) : this.#putBelow(key, [next, ...rest], value);
  }

  #putHere(key: PathPart, value: unknown): string | undefined {
    if (this.#entries.has(key)) return isSame(this.#entries.get(key), value) ? undefined : "is given twice";
    this.#entries.set(key, value);
    return undefined;
  }

  #putBelow(key: PathPart, rest: Path, value: unknown): string | undefined {
    const below = this.#entries.get(key) ?? new Branch(typeof rest[0] === "number");
    if (!(below instanceof Branch)) return "stands below the value of another label";
    const why = below.put(rest, value);
    if (why === undefined) this.#entries.set(key, below);
    return why;
  }

  /** As plain values. Places of a list that nothing stands at are null. */
  plain(): unknown {
    const values = [...this.#entries].map(
      ([key, value]) => [key, value instanceof Branch ? value.plain() : value] as const,
    );
    if (!this.list) return Object.fromEntries(values);
    const list: unknown[] = [];
    for (const [index, value] of values) if (typeof index === "number") list[index] = value;
    return Array.from(list, (value) => value ?? null);
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (one instanceof Branch && other instanceof Branch && one.list === other.list);
}
