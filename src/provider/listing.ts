import { explained } from "./explain.js";

/** How long a list may serve further reads of the same refresh, in milliseconds. */
const maxAgeMs = 2_000;

interface Snapshot<T> {
  readonly takenAt: number;
  readonly items: Promise<ReadonlyMap<string, T>>;
}

/** The items of each organisation by id. A refresh of a thousand resources reads a few lists instead of each item. */
export class Listing<T> {
  readonly #snapshots = new Map<string, Snapshot<T>>();

  constructor(
    private readonly doing: string,
    private readonly list: (org: string) => Promise<readonly T[]>,
    private readonly idOf: (item: T) => string,
  ) {}

  /** The item, or undefined if two lists in a row do not have it: what moves between pages can escape one. */
  async find(org: string, id: string): Promise<T | undefined> {
    const snapshot = this.#fresh(org);
    const found = (await snapshot.items).get(id);
    if (found) return found;
    if (this.#snapshots.get(org) === snapshot) this.forget(org);
    return (await this.#fresh(org).items).get(id);
  }

  /** Drops what is known of an organisation, because something changed there. */
  forget(org: string): void {
    this.#snapshots.delete(org);
  }

  #fresh(org: string): Snapshot<T> {
    const known = this.#snapshots.get(org);
    if (known && Date.now() - known.takenAt < maxAgeMs) return known;
    const list = explained(this.doing, this.list(org));
    const items = list.then((all) => new Map(all.map((item) => [this.idOf(item), item])));
    const snapshot = { takenAt: Date.now(), items };
    this.#snapshots.set(org, snapshot);
    return snapshot;
  }
}
