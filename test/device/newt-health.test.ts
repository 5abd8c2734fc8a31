import { describe, expect, it } from "vitest";
import { newt } from "../../src/device/persona.js";
import { HealthCheckTarget, HealthStatus, HealthStatusData } from "../../src/protocol/newt/index.js";
import { check, gaps, statuses, withChecks } from "./support/health.js";

const minute = 60_000;

describe("a health check", () => {
  it("has newt's defaults for what is null, zero or empty", async () => {
    const config = await withChecks(async ({ checks }) => {
      const nothing = { hcScheme: "", hcMethod: null, hcInterval: 0, hcTimeout: 0 };
      checks.add([HealthCheckTarget.parse({ id: 3, hcEnabled: true, hcHostname: "shop", hcPort: 80, ...nothing })]);
      return checks.status().targets["3"]?.config;
    });
    expect(config).toEqual({
      id: 3,
      hcEnabled: true,
      hcPath: null,
      hcScheme: "http",
      hcMode: "http",
      hcHostname: "shop",
      hcPort: 80,
      hcInterval: 30,
      hcUnhealthyInterval: 30,
      hcTimeout: 5,
      hcHeaders: null,
      hcFollowRedirects: true,
      hcMethod: "GET",
      hcTlsServerName: null,
      hcStatus: null,
      hcHealthyThreshold: 1,
      hcUnhealthyThreshold: 1,
    });
  });

  it("is unknown until somebody has looked, then what was found, with the time", async () => {
    const [before, well, ill] = await withChecks(async ({ checks, prober, sleep }) => {
      checks.add([check(1, { hcInterval: 10 })]);
      const before = checks.status().targets["1"];
      await sleep(2_000);
      const well = checks.status().targets["1"];
      prober.faults.set(1, "out of\r\norder");
      await sleep(10_000);
      return [before, well, checks.status().targets["1"]];
    });
    expect(before).toMatchObject({
      status: "unknown",
      lastCheck: "0001-01-01T00:00:00Z",
      checkCount: 0,
      lastError: "",
    });
    expect(well).toMatchObject({ status: "healthy", checkCount: 1, lastError: "" });
    expect(well?.lastCheck).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(ill).toMatchObject({ status: "unhealthy", checkCount: 2, lastError: "out of order" });
    expect(Date.parse(ill?.lastCheck ?? "") - Date.parse(well?.lastCheck ?? "")).toBeCloseTo(10_000, -2);
    expect(HealthStatus.safeParse(ill).success).toBe(true);
    expect(HealthStatusData.safeParse({ targets: { 1: ill } }).success).toBe(true);
  });

  it("is looked at as often as its state says", async () => {
    const seconds = await withChecks(async ({ checks, prober, sleep }) => {
      checks.add([check(1, { hcInterval: 20, hcUnhealthyInterval: 4 })]);
      await sleep(45_000);
      prober.faults.set(1, "broken");
      await sleep(25_000);
      prober.faults.clear();
      await sleep(45_000);
      return gaps(prober.times(1)).map((ms) => ms / 1_000);
    });
    expect(seconds).toEqual([20, 20, 20, 4, 4, 4, 20, 20]);
  });

  it("counts the time between looks from the end of one", async () => {
    const between = await withChecks(async ({ checks, prober, sleep }) => {
      prober.tookMs = 3_000;
      checks.add([check(1, { hcInterval: 2 })]);
      await sleep(20_000);
      return { gaps: gaps(prober.times(1)), most: prober.mostUnderWay };
    });
    expect(new Set(between.gaps)).toEqual(new Set([5_000]));
    expect(between.most).toBe(1);
  });

  it("changes with so many results in a row as its thresholds say, and not with fewer", async () => {
    const seen = await withChecks(async ({ checks, prober, events, sleep }) => {
      const thresholds = { hcHealthyThreshold: 2, hcUnhealthyThreshold: 3 };
      checks.add([check(1, { hcInterval: 10, hcUnhealthyInterval: 10, ...thresholds })]);
      await sleep(1_500);
      const seen: unknown[] = [];
      for (const well of [true, true, false, false, true, false, false, false, true, false, true, true]) {
        seen.push(statuses(checks)["1"]);
        prober.faults.set(1, well ? "" : "broken");
        await sleep(10_000);
      }
      const changes = events.flatMap((event) => (event.type === "health" ? [event.healthy] : []));
      return { seen: [...seen, statuses(checks)["1"]], changes };
    });
    const [well, ill] = ["healthy", "unhealthy"];
    expect(seen.seen).toEqual(["unknown", well, well, well, well, well, well, well, ill, ill, ill, ill, well]);
    expect(seen.changes).toEqual([true, false, true]);
  });

  it("tells of a change as an event, with what is wrong", async () => {
    const events = await withChecks(async ({ checks, prober, events, sleep }) => {
      prober.faults.set(7, "connect ECONNREFUSED");
      checks.add([check(7, { hcUnhealthyInterval: 5 })]);
      await sleep(12_000);
      prober.faults.clear();
      await sleep(12_000);
      return events;
    });
    expect(events).toEqual([
      { type: "health", target: 7, healthy: false, detail: "connect ECONNREFUSED" },
      { type: "health", target: 7, healthy: true, detail: "" },
    ]);
  });

  it("is not looked at while it is disabled, and begins anew when it is enabled", async () => {
    const seen = await withChecks(async ({ checks, prober, reports, sleep }) => {
      checks.add([check(1, { hcInterval: 1 }), check(2, { hcInterval: 1, hcEnabled: false })]);
      await sleep(2 * minute);
      checks.disable(1);
      checks.disable(1);
      checks.enable(2);
      checks.enable(99);
      const disabled = checks.status().targets["1"];
      const looks = prober.times(1).length;
      const told = reports.length;
      await sleep(minute);
      return { disabled, more: prober.times(1).length - looks, other: prober.times(2).length, told: reports[told - 1] };
    });
    expect(seen.disabled).toMatchObject({ status: "unknown", config: { hcEnabled: false } });
    expect(seen.more).toBe(0);
    expect(seen.other).toBeGreaterThan(50);
    expect(seen.told?.found).toMatchObject({ 1: "unknown" });
  });
});

describe("what is told of health checks", () => {
  it("is all of them: at a first look, a change, a removal, a disabling, and not otherwise", async () => {
    const found = await withChecks(async ({ checks, prober, reports, sleep }) => {
      checks.add([check(1), check(2, { hcEnabled: false })]);
      await sleep(5 * minute);
      prober.faults.set(1, "broken");
      await sleep(5 * minute);
      checks.remove([1, 77]);
      checks.remove([77]);
      checks.enable(2);
      await sleep(5 * minute);
      checks.disable(2);
      checks.disable(77);
      await sleep(5 * minute);
      return reports.map(({ found }) => found);
    });
    expect(found).toEqual([
      { 1: "healthy", 2: "unknown" },
      { 1: "unhealthy", 2: "unknown" },
      { 2: "unknown" },
      { 2: "healthy" },
      { 2: "unknown" },
    ]);
  });

  it("is told together where much is found at a time", async () => {
    const { steady, shipped } = {
      steady: await withChecks(many),
      shipped: await withChecks(many, newt),
    };
    async function many({ checks, reports, sleep }: Parameters<Parameters<typeof withChecks>[0]>[0]) {
      checks.add(Array.from({ length: 200 }, (_, id) => check(id)));
      await sleep(5_000);
      return reports;
    }
    expect(steady.length).toBeLessThanOrEqual(3);
    expect(gaps(steady.map(({ at }) => at)).every((gap) => gap >= 1_000)).toBe(true);
    expect(new Set(Object.values(steady.at(-1)?.found ?? {}))).toEqual(new Set(["healthy"]));
    expect(shipped).toHaveLength(200);
  });
});

describe("a new list of health checks", () => {
  const list = [check(1), check(2), check(3, { hcPath: "/a" })];
  const next = [check(1), check(3, { hcPath: "/b" }), check(4)];
  const counts = (found: Readonly<Record<string, { checkCount: number }>>) =>
    Object.fromEntries(Object.entries(found).map(([id, { checkCount }]) => [id, checkCount]));

  it("leaves alone what is the same, also where it is added again", async () => {
    const [replaced, added] = await withChecks(async ({ checks, sleep }) => {
      checks.add(list);
      await sleep(5_000);
      checks.replace(next);
      const replaced = checks.status().targets;
      checks.add(next);
      return [replaced, checks.status().targets];
    });
    expect(counts(replaced)).toEqual({ 1: 1, 3: 0, 4: 0 });
    expect(replaced).toMatchObject({ 1: { status: "healthy" }, 3: { status: "unknown" } });
    expect(added).toEqual(replaced);
  });

  it("begins all of them anew in newt as shipped, and at once", async () => {
    const { found, looks } = await withChecks(async ({ checks, prober, sleep }) => {
      checks.add(list);
      await sleep(5_000);
      checks.replace(next);
      const found = checks.status().targets;
      const before = prober.looks.length;
      await sleep(1);
      return { found, looks: prober.looks.slice(before).map(({ id }) => id) };
    }, newt);
    expect(counts(found)).toEqual({ 1: 0, 3: 0, 4: 0 });
    expect(looks).toEqual([1, 3, 4]);
  });

  it("ignores what a look finds of a check that is no longer there", async () => {
    const found = await withChecks(async ({ checks, prober, reports, sleep }) => {
      prober.tookMs = 3_000;
      prober.faults.set(1, "too late");
      checks.add([check(1, { hcPath: "/old" })]);
      await sleep(2_000);
      checks.replace([check(1, { hcPath: "/new" })]);
      prober.faults.clear();
      await sleep(20_000);
      return { now: checks.status().targets["1"], told: reports.map(({ found }) => found["1"]) };
    });
    expect(found.now).toMatchObject({ status: "healthy", checkCount: 1 });
    expect(found.told).toEqual(["healthy"]);
  });
});
