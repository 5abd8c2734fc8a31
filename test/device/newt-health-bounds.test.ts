import { describe, expect, it } from "vitest";
import { check, gaps, withChecks } from "./support/health.js";

const minute = 60_000;

describe("a hostile server", () => {
  it("has no more than a thousand checks, and a person is told", async () => {
    const { count, notices } = await withChecks(async ({ checks, events }) => {
      checks.add(Array.from({ length: 1_500 }, (_, id) => check(id)));
      checks.add([check(9_999)]);
      checks.add([check(5, { hcPath: "/".repeat(20_000) })]);
      return { count: Object.keys(checks.status().targets).length, notices: events };
    });
    expect(count).toBe(999);
    expect(notices).toMatchObject([
      { type: "notice", message: expect.stringContaining("left out: 500 ") },
      { type: "notice", message: expect.stringContaining("left out: 1 ") },
      { type: "notice" },
    ]);
  });

  it("has no more than ten looks at a time, also where it begins them anew again and again", async () => {
    const prober = await withChecks(async ({ checks, prober, sleep }) => {
      prober.tookMs = 60_000;
      for (let round = 0; round < 20; round++) {
        checks.replace(Array.from({ length: 100 }, (_, id) => check(id, { hcPath: `/${round}` })));
        await sleep(5_000);
      }
      await sleep(20 * minute);
      return prober;
    });
    expect(prober.mostUnderWay).toBe(10);
    // Nobody is forgotten in the crowd.
    expect(new Set(prober.looks.map(({ id }) => id)).size).toBe(100);
  });

  it("has each check once a second at most, and no time that a timer cannot hold", async () => {
    const { gap, configs } = await withChecks(async ({ checks, prober, sleep }) => {
      const wild = { hcInterval: -5, hcUnhealthyInterval: 2 ** 40, hcTimeout: 10_000, hcHealthyThreshold: -1 };
      checks.add([check(1, { hcInterval: 1 }), check(2, wild)]);
      await sleep(minute);
      return { gap: Math.min(...gaps(prober.times(1))), configs: checks.status().targets };
    });
    expect(gap).toBeGreaterThanOrEqual(1_000);
    expect(configs["2"]?.config).toMatchObject({
      hcInterval: 30,
      hcUnhealthyInterval: 86_400,
      hcTimeout: 60,
      hcHealthyThreshold: 1,
    });
  });

  it("does not have all first looks in one moment", async () => {
    const times = await withChecks(async ({ checks, prober, sleep }) => {
      checks.add(Array.from({ length: 50 }, (_, id) => check(id)));
      await sleep(2_000);
      return prober.looks.map(({ at }) => at);
    });
    expect(times).toHaveLength(50);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(500);
    expect(Math.max(...times)).toBeLessThan(1_500);
  });
});

describe("health checks that are stopped", () => {
  it("look at nothing and tell nothing any more", async () => {
    const { looks, told, left } = await withChecks(async ({ checks, prober, reports, sleep }) => {
      prober.tookMs = 500;
      checks.add([check(1, { hcInterval: 1 }), check(2, { hcInterval: 1 })]);
      await sleep(1_200);
      checks.stop();
      const [looks, told] = [prober.looks.length, reports.length];
      await sleep(minute);
      return { looks: prober.looks.length - looks, told: reports.length - told, left: checks.status().targets };
    });
    expect({ looks, told, left }).toEqual({ looks: 0, told: 0, left: {} });
  });
});
