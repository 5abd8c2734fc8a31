import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Event, EventQueue } from "../../../src/world/virtual/event-queue.js";
import { type SchedulerOptions, VirtualWorld } from "../../../src/world/virtual/index.js";
import { findProgram } from "../../needs.js";
import { smallFleet } from "./small-fleet.js";

const day = 86_400_000;
const drains = ["tick", "immediate"] as const satisfies readonly SchedulerOptions["drain"][];

describe("the event queue", () => {
  it("gives events by time, those of one time as they came, like a sorted list", () => {
    const steps = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 3 }), { maxLength: 3_000 });
    fc.assert(
      fc.property(steps, (times) => {
        const queue = new EventQueue();
        const model: { readonly at: number; readonly event: Event }[] = [];
        for (const at of times) {
          if (at === null) {
            expect(queue.nextAt).toBe(model[0]?.at ?? Number.POSITIVE_INFINITY);
            expect(queue.pop()).toBe(model.shift()?.event);
          } else {
            const event = { fire: () => {} };
            queue.push(at, event);
            const later = model.findIndex((known) => known.at > at);
            model.splice(later === -1 ? model.length : later, 0, { at, event });
          }
          if (queue.size !== model.length) throw new Error("sizes differ");
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it("keeps the order of a hundred thousand", () => {
    const queue = new EventQueue();
    const seen: number[] = [];
    const times = [...Array(100_000).keys()].map((index) => (index * 7_919) % 10_007);
    for (const [index, at] of times.entries()) queue.push(at, { fire: () => seen.push(at * 1e6 + index) });
    for (let event = queue.pop(); event; event = queue.pop()) event.fire();
    expect(seen).toHaveLength(times.length);
    expect(seen.every((key, index) => index === 0 || key > (seen[index - 1] ?? 0))).toBe(true);
  });
});

describe.each(drains)("a virtual world that drains by %s", (drain) => {
  const inWorld = () => {
    const virtual = new VirtualWorld({ seed: 1, drain });
    return { virtual, world: virtual.host("box").boot() };
  };

  it("fires timers by time, those of one time in their order, each with all that follows from it", async () => {
    const { virtual, world } = inWorld();
    const seen: string[] = [];
    const timer = (ms: number, name: string) => () =>
      world.clock.after(ms, async () => {
        seen.push(name);
        await Promise.resolve();
        await Promise.resolve();
        seen.push(`${name}'`);
      });
    await virtual.run(async () => {
      for (const set of [timer(2, "c"), timer(1, "a"), timer(1, "b"), timer(3, "d")]) set();
      await world.clock.sleep(5);
    });
    expect(seen).toEqual(["a", "a'", "b", "b'", "c", "c'", "d", "d'"]);
  });

  it("stands still while tasks run, however long their chain", async () => {
    const { virtual, world } = inWorld();
    await virtual.run(async () => {
      await world.clock.sleep(10);
      const before = world.clock.monotonic();
      let fired = false;
      world.clock.after(0, () => {
        fired = true;
      });
      for (let turn = 0; turn < 10_000; turn++) await Promise.resolve();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      expect(world.clock.monotonic()).toBe(before);
      expect(fired).toBe(false);
      await world.clock.turn();
      expect(fired).toBe(true);
      expect(world.clock.monotonic()).toBe(before);
    });
  });

  it("rejects a run with what its main or a timer throws", async () => {
    const { virtual, world } = inWorld();
    const error = new Error("thrown");
    await expect(virtual.run(() => Promise.reject(error))).rejects.toBe(error);
    const thrown = virtual.run(async () => {
      world.clock.after(1, () => {
        throw error;
      });
      await world.clock.sleep(2);
    });
    await expect(thrown).rejects.toBe(error);
  });

  it("is found out when everything waits and nothing is left to happen", async () => {
    const { virtual, world } = inWorld();
    const stuck = virtual.run(async () => {
      await world.clock.sleep(1_500);
      await new Promise(() => {});
    });
    await expect(stuck).rejects.toMatchObject({ code: "FB9003", what: expect.stringContaining("at 1.500 s") });
  });

  it("is given up though nobody's timer but the test's own goes round and round", async () => {
    const virtual = new VirtualWorld({ seed: 1 });
    let rounds = 0;
    const again = (): void => {
      if (rounds++ < 5_000) virtual.after(0, again);
    };
    const run = virtual.run(
      () => {
        again();
        return new Promise<void>((resolve) => virtual.after(1, resolve));
      },
      { events: 500 },
    );
    await expect(run).rejects.toMatchObject({ code: "FB9003" });
  });

  it("is given up at its limits of time and of events", async () => {
    const { virtual, world } = inWorld();
    async function forEver(): Promise<void> {
      for (;;) await world.clock.sleep(10);
    }
    await expect(virtual.run(forEver, { virtualMs: 1_000 })).rejects.toMatchObject({ code: "FB9003" });
    expect(virtual.now).toBeLessThanOrEqual(1_000);
    const other = inWorld();
    async function loop(): Promise<void> {
      for (;;) await other.world.clock.turn();
    }
    await expect(other.virtual.run(loop, { events: 500 })).rejects.toMatchObject({ code: "FB9003" });
    expect(other.virtual.now).toBe(0);
  });

  it("goes on in the next run where it stood still", async () => {
    const { virtual, world } = inWorld();
    const seen: number[] = [];
    await virtual.run(async () => {
      for (const ms of [5, 15]) world.clock.after(ms, () => seen.push(virtual.now));
      await world.clock.sleep(10);
    });
    expect([virtual.now, seen]).toEqual([10, [5]]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([virtual.now, seen]).toEqual([10, [5]]);
    await virtual.run(() => world.clock.sleep(10));
    expect([virtual.now, seen]).toEqual([20, [5, 15]]);
  });

  it("catches a task that calls its World while it stands still", async () => {
    const { virtual, world } = inWorld();
    await virtual.run(() => world.clock.sleep(1));
    expect(() => world.clock.after(1, () => {})).toThrow(expect.objectContaining({ code: "FB9002" }));
  });
});

describe("a virtual world", () => {
  it("jumps over a week of sleeps", async () => {
    const virtual = new VirtualWorld({ seed: 1 });
    const { clock } = virtual.host("box").boot();
    const began = performance.now();
    await virtual.run(async () => {
      for (let minutes = 0; minutes < 7 * 24 * 60; minutes++) await clock.sleep(60_000);
    });
    expect(virtual.now).toBe(7 * day);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("a small fleet among crashes", () => {
  const seeds = [1, 2, 3];

  it("does the same for the same seed, by either drain, and something else for another", async () => {
    const first = [];
    for (const seed of seeds) first.push(await smallFleet(seed));
    for (const seed of seeds.toReversed()) expect(await smallFleet(seed)).toEqual(first[seed - 1]);
    for (const seed of seeds) expect(await smallFleet(seed, { drain: "immediate" })).toEqual(first[seed - 1]);
    expect(new Set(first.map(({ hash }) => hash)).size).toBe(seeds.length);
    expect(first.map(({ online }) => online)).toEqual([6, 6, 6]);
  });

  const taskset = findProgram("taskset");
  const [, cpu] = taskset ? (/^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? []) : [];
  const pinned = taskset && cpu ? [["on one CPU", [taskset, "-c", cpu]] as const] : [];

  it.each([["on every CPU", []] as const, ...pinned])("does the same in a process of its own %s", async (_, prefix) => {
    const script = fileURLToPath(new URL("print-outcome.ts", import.meta.url));
    const [program = process.execPath, ...rest] = [...prefix, process.execPath, "--import", "tsx", script, "1"];
    const { stdout } = await promisify(execFile)(program, rest);
    expect(JSON.parse(stdout)).toEqual(await smallFleet(1));
  });
});
