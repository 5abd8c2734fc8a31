import { describe, expect, it } from "vitest";
import { defineScenario, runVirtually, type ScenarioInput } from "../../simulator/index.js";

type FaultInput = NonNullable<ScenarioInput["faults"]>[number];

/** A run of eight devices with a heartbeat each 30 s, and what its trace says. */
async function run(faults: readonly FaultInput[], more: Partial<ScenarioInput> = {}) {
  const lines: { readonly at: number; readonly host: string; readonly what: string }[] = [];
  const scenario = defineScenario({
    name: "trouble",
    seed: "faults",
    populations: [
      { name: "sites", kind: "newt", count: 6, heartbeat: "30s", key: {} },
      { name: "boards", kind: "edgeflow", count: 2, heartbeat: "30s", codes: {} },
    ],
    phases: { enrol: { over: "2s", within: "30m" }, steady: { for: "30m" } },
    thresholds: ["enrolled == 100%", "online == 100%", "violations == 0"],
    ...more,
    faults: [...faults],
  });
  const { report, hash, facts } = await runVirtually({ scenario, tell: (line) => lines.push(line) });
  const failures = new Map(report.failures.map(({ kind, count }) => [kind, count]));
  const seen = (what: RegExp, from = 0, to = Number.POSITIVE_INFINITY) =>
    lines.filter((line) => what.test(line.what) && line.at >= from && line.at < to);
  return { report, hash, failures, seen, devices: facts.fleet.devices };
}

const later = "5m";
const at = 300_000;
const minute = 60_000;
const isDevice = ({ host }: { readonly host: string }): boolean => host !== "control-plane";
const hosts = (lines: readonly { readonly host: string }[]): number => new Set(lines.map(({ host }) => host)).size;

describe("a fault", () => {
  it("partition: nothing reaches its devices until it is over, and all is well then", async () => {
    const { report, seen } = await run([{ fault: "partition", at: later, for: "4m", share: 0.5 }]);
    const heard = (from: number, to: number) => hosts(seen(/^(receives|gets)/, from, to).filter(isDevice));
    expect([heard(at + 1_000, at + 3 * minute), heard(at + 8 * minute, at + 10 * minute)]).toEqual([4, 8]);
    expect(report.verdict).toBe("passed");
  });

  it("bad-link: answers are late while it lasts", async () => {
    const slow = await run([{ fault: "bad-link", at: later, for: "4m", latency: "3s" }]);
    const usual = await run([]);
    const slowest = ({ report }: typeof slow) => report.latencies.find(({ step }) => step === "heartbeat")?.max;
    expect([slowest(slow) ?? 0, slowest(usual) ?? 0]).toEqual([
      expect.toSatisfy((ms) => ms > 3_000),
      expect.toSatisfy((ms) => ms < 1_000),
    ]);
    expect(slow.seen(/^opens a channel/, at + 5 * minute)).toEqual([]);
  });

  it("bad-link: connections break while it lasts, and not after", async () => {
    const { report, seen } = await run([{ fault: "bad-link", at: later, for: "4m", cut: 0.5 }]);
    expect(seen(/^opens a channel/, at, at + 4 * minute).length).toBeGreaterThan(8);
    expect(seen(/^opens a channel/, at + 15 * minute)).toEqual([]);
    expect(report.verdict).toBe("passed");
  });

  it("half-open: devices find out by themselves, within two minutes", async () => {
    const { report, seen } = await run([{ fault: "half-open", at: later, share: 0.5 }]);
    expect(hosts(seen(/^opens a channel/, at, at + 2 * minute))).toBe(4);
    expect(seen(/^opens a channel/, at + 2 * minute)).toEqual([]);
    expect(report.verdict).toBe("passed");
  });

  it("power-loss: its devices end within `over`, and come back", async () => {
    const { report, seen } = await run([{ fault: "power-loss", at: later, over: "1m", share: 0.5 }]);
    const ends = seen(/^process ends/, at, at + minute).filter(isDevice);
    expect([ends.length, hosts(ends), new Set(ends.map((end) => end.at)).size]).toEqual([4, 4, 4]);
    expect(report.verdict).toBe("passed");
  });

  it.each([false, true])("control-plane-crash, power %s: it is back after `down`", async (power) => {
    const { report, seen } = await run([{ fault: "control-plane-crash", at: later, down: "3m", power }]);
    const [end] = seen(/^process ends/, at).filter((line) => !isDevice(line));
    const [back] = seen(/^listen/, at);
    expect((back?.at ?? 0) - (end?.at ?? 0)).toBeCloseTo(3 * minute, -2);
    expect(report.verdict).toBe("passed");
  });

  it("control-plane-crash: its `down` is of that crash alone, and one that is down cannot crash", async () => {
    const { seen } = await run([
      { fault: "control-plane-crash", at: "500ms", down: "20s" },
      { fault: "control-plane-crash", at: "5s", down: "20m" },
      { fault: "crashes", at: "20s", for: "1m", rate: 0.02, of: "control-plane" },
    ]);
    expect(seen(/^listen/, 1_000, 20_000)).toEqual([]);
    expect(seen(/^listen/, 20_000, 90_000).length).toBeGreaterThan(2);
  });

  it("crashes: devices die now and then while it lasts, and not after", async () => {
    const { report, seen } = await run([{ fault: "crashes", at: "0s", for: "5m", rate: 0.05 }]);
    const ends = seen(/^process ends/, 0, 30 * minute).filter(isDevice);
    expect(ends.length).toBeGreaterThan(8);
    expect(ends.every((end) => end.at < 5 * minute + 1_000)).toBe(true);
    expect(report.verdict).toBe("passed");
  });

  it("disk-full: a device cannot begin with it, and one that has begun needs no room", async () => {
    const early = await run([{ fault: "disk-full", at: "0s", for: "1m", share: 0.5 }]);
    expect(early.devices.filter(({ enrolled }) => enrolled).length).toBe(4);
    const late = await run([{ fault: "disk-full", at: later, for: "1m" }]);
    expect(late.report.verdict).toBe("passed");
  });

  it.each([
    ["no-dns", /dns$/],
    ["no-tls", /tls$/],
  ] as const)("%s: nobody connects while it lasts, and all do then", async (fault, kind) => {
    const { report, failures } = await run([{ fault, at: "0s", for: "2m" }]);
    expect([...failures.keys()].filter((name) => kind.test(name))).not.toEqual([]);
    const first = report.latencies.find(({ step }) => step === "provision");
    expect(first?.p50).toBeGreaterThan(minute);
    expect(report.verdict).toBe("passed");
  });
});

describe("faults together", () => {
  it("that overlap last each its own time", async () => {
    const { seen, report } = await run([
      { fault: "partition", at: later, for: "6m" },
      { fault: "partition", at: "6m", for: "1m" },
      { fault: "bad-link", at: "15m", for: "5m", latency: "2s" },
      { fault: "bad-link", at: "16m", for: "1m", cut: 0.3 },
    ]);
    expect(seen(/^(receives|gets)/, at + 1_000, at + 6 * minute).filter(isDevice)).toEqual([]);
    const slow = seen(/^(receives|gets)/, 15 * minute, 20 * minute);
    expect(slow.length).toBeGreaterThan(0);
    expect(report.verdict).toBe("passed");
  });

  it("happen in the same way each time, whatever ran before", async () => {
    const faults = [
      { fault: "crashes", at: "1s", for: "2m", rate: 0.05, of: "all" },
      { fault: "bad-link", at: "0s", for: "3m", cut: 0.2, loss: 0.2 },
      { fault: "power-loss", at: "10m", over: "1m", share: 0.5 },
    ] as const;
    const { hash } = await run(faults);
    const { hash: other } = await run([]);
    expect((await run(faults)).hash).toBe(hash);
    expect(other).not.toBe(hash);
  });

  it("leave a run alone that is over before they begin", async () => {
    const short = { phases: { enrol: { over: "2s", within: "1m" } } };
    const calm = await run([], short);
    expect((await run([{ fault: "partition", at: "2h", for: "1h" }], short)).hash).toBe(calm.hash);
  });
});
