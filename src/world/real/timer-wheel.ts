/** Slots of a level; each of the next level is as long as a whole level. */
const width = 32;
/** Together they hold 35,000 years of milliseconds. */
const levels = 10;
const farthest = width ** levels - 1;

/** Something that is due at a moment, in one wheel at a time. Its fields are the wheel's. */
export abstract class Due {
  abstract ring(): void;
  /** The moment at which it is due. */
  at = 0;
  /** Where it waits; -1 while it is in no wheel. */
  slot = -1;
  /** Its neighbours in that slot, in a ring. */
  after: Due = this;
  before: Due = this;
}

/**
 * What is due when, at whole moments: a hierarchical timing wheel. Adding and removing cost the same however many wait. What
 * is due at one moment comes out in the order in which it was added.
 */
export class TimerWheel {
  /** All that was due so far has been taken. */
  #now = 0;
  /** The first of each slot, level after level. */
  readonly #slots = new Array<Due | undefined>(levels * width).fill(undefined);
  /** Which slots of a level have something in them, a bit each. */
  readonly #occupied = new Uint32Array(levels);

  /** @param at rounded up to a moment after all that was taken. */
  add(due: Due, at: number): void {
    this.remove(due);
    due.at = Math.min(Math.max(Math.ceil(at), this.#now + 1), farthest);
    this.#place(due);
  }

  remove(due: Due): void {
    const { slot, after, before } = due;
    if (slot < 0) return;
    if (this.#slots[slot] === due) this.#slots[slot] = after === due ? undefined : after;
    if (after === due) this.#mark(slot, false);
    before.after = after;
    after.before = before;
    due.slot = -1;
    due.after = due.before = due;
  }

  /** When `take` has to be asked at the latest: nothing is due before. Undefined if nothing waits. */
  next(): number | undefined {
    const slot = this.#first();
    return slot < 0 ? undefined : this.#startOf(slot);
  }

  /** What is due next, if it is by `until`. */
  take(until: number): Due | undefined {
    for (let slot = this.#first(); slot >= 0 && this.#startOf(slot) <= until; slot = this.#first()) {
      this.#now = this.#startOf(slot);
      const first = this.#slots[slot];
      if (slot < width && first) {
        this.remove(first);
        return first;
      }
      this.#spread(slot);
    }
    this.#now = Math.max(this.#now, until);
    return undefined;
  }

  /** The slot that begins first, -1 if all are empty. What is later than a level's end waits on a higher level. */
  #first(): number {
    for (let level = 0, unit = 1; level < levels; level++, unit *= width) {
      const hand = Math.floor(this.#now / unit) % width;
      const ahead = (this.#occupied[level] ?? 0) >>> hand;
      if (ahead !== 0) return level * width + hand + trailingZeros(ahead);
    }
    return -1;
  }

  #startOf(slot: number): number {
    const unit = width ** Math.floor(slot / width);
    const lap = unit * width;
    return Math.floor(this.#now / lap) * lap + (slot % width) * unit;
  }

  /** Puts something on the lowest level that reaches to its moment, behind what is there. */
  #place(due: Due): void {
    let level = 0;
    let unit = 1;
    for (; Math.floor(due.at / (unit * width)) !== Math.floor(this.#now / (unit * width)); level++) unit *= width;
    due.slot = level * width + (Math.floor(due.at / unit) % width);
    const first = this.#slots[due.slot];
    if (first) {
      due.after = first;
      due.before = first.before;
      first.before.after = due;
      first.before = due;
    } else {
      this.#slots[due.slot] = due;
      this.#mark(due.slot, true);
    }
  }

  /** Moves what waits in a slot to lower levels, in order. */
  #spread(slot: number): void {
    for (let due = this.#slots[slot]; due; due = this.#slots[slot]) {
      this.remove(due);
      this.#place(due);
    }
  }

  #mark(slot: number, occupied: boolean): void {
    const level = Math.floor(slot / width);
    const bit = 1 << (slot % width);
    const marks = this.#occupied[level] ?? 0;
    this.#occupied[level] = occupied ? marks | bit : marks & ~bit;
  }
}

function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
