import { describe, expect, it } from "vitest";
import { runSeed, runSwarm, swarmScenario } from "../../../simulator/swarm/index.js";
import { seedsThatFailed } from "./seeds.js";

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
/** Three times what it takes, for a machine that does much else. */
const budgetMs = 30_000;

describe("the swarm", () => {
  it("breaks no promise with 200 seeds, in seconds", { timeout: 2 * budgetMs }, async () => {
    const began = performance.now();
    const { ran, failures } = await runSwarm({ seeds });
    const ms = performance.now() - began;
    process.stdout.write(`${ran} seeds in ${(ms / 1_000).toFixed(1)} s\n`);
    expect(failures).toEqual([]);
    expect(ran).toBe(seeds.length);
    expect(ms).toBeLessThan(budgetMs);
  });

  it.each(seedsThatFailed)("seed %i fails no more: %s", async (seed) => {
    expect((await runSeed(seed)).findings).toEqual([]);
  });

  it("gives a seed the same run whichever ran before it", async () => {
    const some = [3, 26, 34, 51];
    const hashes = async (order: readonly number[]): Promise<Map<number, string | undefined>> => {
      const found = new Map<number, string | undefined>();
      for (const seed of order) found.set(seed, (await runSeed(seed)).hash);
      return found;
    };
    const once = await hashes(some);
    const again = await hashes(some.toReversed());
    expect(new Set(once.values()).size).toBe(some.length);
    for (const seed of some) expect(again.get(seed)).toBe(once.get(seed));
  });

  it("draws the same scenario for a seed, and every kind of persona, phase, link, blueprint and fault", () => {
    expect(swarmScenario(7)).toEqual(swarmScenario(7));
    const scenarios = seeds.map(swarmScenario);
    const populations = scenarios.flatMap((scenario) => scenario.populations);
    const count = (values: readonly unknown[]): number => new Set(values).size;
    expect(count(populations.map(({ persona }) => persona))).toBe(4);
    expect(count(populations.map(({ link }) => link))).toBe(5);
    const blueprints = populations.map((one) => one.kind === "newt" && `${one.blueprint} ${one.governing}`);
    expect(count(blueprints)).toBe(5);
    expect(count(scenarios.flatMap(({ faults }) => faults.map(({ fault }) => fault)))).toBe(9);
    expect(scenarios.some(({ faults }) => faults.length === 0)).toBe(true);
    expect(scenarios.some(({ phases }) => phases.restart && phases.approve)).toBe(true);
  });

  it("starts no more seeds when its time is over", async () => {
    let now = 0;
    const tick = (): number => {
      now += 10;
      return now;
    };
    expect(await runSwarm({ seeds, budgetMs: 25, now: tick })).toEqual({ ran: 2, failures: [] });
  });
});
