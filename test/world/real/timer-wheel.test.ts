import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Due, TimerWheel } from "../../../src/world/real/timer-wheel.js";

class Named extends Due {
  constructor(readonly name: number) {
    super();
  }
  override ring(): void {}
}

/** What a wheel should do, done with a list. */
class List {
  #now = 0;
  readonly #waiting: { readonly name: number; readonly at: number }[] = [];

  add(name: number, at: number): void {
    this.remove(name);
    this.#waiting.push({ name, at: Math.max(Math.ceil(at), this.#now + 1) });
  }

  remove(name: number): void {
    const index = this.#waiting.findIndex((one) => one.name === name);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  next(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ at }) => at));
  }

  /** All that is due by then: by moment, and within a moment as it was added. */
  takeAll(until: number): number[] {
    this.#now = Math.max(this.#now, until);
    const due = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    for (const { name } of due) this.remove(name);
    return due.map(({ name }) => name);
  }
}

const names = 12;
const soon = fc.integer({ min: 0, max: 40 });
const late = fc.integer({ min: 0, max: 2 ** 34 });
const wait = fc.oneof(soon, fc.integer({ min: 0, max: 5_000 }), fc.double({ min: 0, max: 99, noNaN: true }), late);
const name = fc.nat({ max: names - 1 });
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), name, wait }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("go" as const), by: fc.oneof(soon, late) }) },
);

function takeAll(wheel: TimerWheel, until: number): number[] {
  const taken: number[] = [];
  for (let due = wheel.take(until); due; due = wheel.take(until)) if (due instanceof Named) taken.push(due.name);
  return taken;
}

describe("a timer wheel", () => {
  it("gives what a sorted list would, whatever is added, added anew and removed", () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 120 }), (deeds) => {
        const wheel = new TimerWheel();
        const list = new List();
        const dues = Array.from({ length: names }, (_, index) => new Named(index));
        let now = 0;
        for (const one of deeds) {
          if (one.do === "go") {
            now += one.by;
            expect(takeAll(wheel, now)).toEqual(list.takeAll(now));
          } else if (one.do === "add") {
            wheel.add(dues[one.name] ?? new Named(one.name), now + one.wait);
            list.add(one.name, now + one.wait);
          } else {
            const due = dues[one.name];
            if (due) wheel.remove(due);
            list.remove(one.name);
          }
          // It may want to be asked before something is due, and never after.
          expect(wheel.next() ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(list.next() ?? Number.POSITIVE_INFINITY);
          expect(wheel.next() === undefined).toBe(list.next() === undefined);
        }
        expect(takeAll(wheel, now + 2 ** 40)).toEqual(list.takeAll(now + 2 ** 40));
      }),
      { numRuns: 1_000 },
    );
  });

  it("asked whenever it wants to be, gives each thing at its very moment", () => {
    fc.assert(
      fc.property(fc.array(late, { minLength: 1, maxLength: 40 }), (moments) => {
        const wheel = new TimerWheel();
        for (const [index, at] of moments.entries()) wheel.add(new Named(index), at);
        let turns = 0;
        for (let now = wheel.next(); now !== undefined; now = wheel.next()) {
          turns++;
          for (let due = wheel.take(now); due; due = wheel.take(now)) expect(due.at).toBe(now);
        }
        // One turn for each level on its way down, at most.
        expect(turns).toBeLessThanOrEqual(8 * moments.length);
      }),
      { numRuns: 300 },
    );
  });

  it("lets what is taken be added again, for a later moment only", () => {
    const wheel = new TimerWheel();
    const one = new Named(1);
    wheel.add(one, 10);
    expect(wheel.take(10)).toBe(one);
    wheel.add(one, 10);
    expect(wheel.take(10)).toBeUndefined();
    expect(wheel.take(11)).toBe(one);
    expect(wheel.next()).toBeUndefined();
  });

  it("holds what is never due", () => {
    const wheel = new TimerWheel();
    const one = new Named(1);
    wheel.add(one, Number.POSITIVE_INFINITY);
    expect(wheel.take(2 ** 49)).toBeUndefined();
    wheel.remove(one);
    wheel.remove(one);
    expect(wheel.next()).toBeUndefined();
  });
});
