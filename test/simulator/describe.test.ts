import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineScenario, describeScenario, loadScenario } from "../../simulator/index.js";

const examples = "examples/scenarios";

const amount = fc.oneof(
  fc.integer({ min: 1, max: 300 }).map(String),
  fc.integer({ min: 1, max: 9_999 }).map((thousandths) => (thousandths / 1_000).toFixed(3)),
);
const time = fc.tuple(amount, fc.constantFrom("ms", "s", "m")).map(([value, unit]) => `${value}${unit}`);
const count = fc.integer({ min: 1, max: 50 });
const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const chance = fc.double({ min: 0.001, max: 0.5, noNaN: true });

const fault = fc.oneof(
  fc.record(
    { fault: fc.constant("bad-link" as const), at: time, for: time, share, latency: time, loss: chance, cut: chance },
    { requiredKeys: ["fault", "at", "for", "loss"] },
  ),
  fc.record(
    { fault: fc.constant("control-plane-crash" as const), at: time, down: time, power: fc.boolean() },
    { requiredKeys: ["fault", "at"] },
  ),
  fc.record(
    {
      ...{ fault: fc.constant("crashes" as const), at: time, for: time, rate: chance },
      of: fc.constantFrom("devices" as const, "control-plane" as const, "all" as const),
    },
    { requiredKeys: ["fault", "at", "for", "rate"] },
  ),
  fc.record(
    {
      fault: fc.constantFrom("disk-full" as const, "partition" as const, "no-dns" as const, "no-tls" as const),
      ...{ at: time, for: time, share },
    },
    { requiredKeys: ["fault", "at", "for"] },
  ),
  fc.record({ fault: fc.constant("half-open" as const), at: time, share }, { requiredKeys: ["fault", "at"] }),
  fc.record(
    { fault: fc.constant("power-loss" as const), at: time, over: time, share },
    { requiredKeys: ["fault", "at"] },
  ),
);

const wave = fc.record(
  { over: fc.constantFrom("0s", "1.5s", "90s"), within: fc.constantFrom("90s", "1w"), atOnce: count },
  { requiredKeys: ["over", "within"] },
);
const common = {
  ...{ count, heartbeat: time, surplus: fc.nat(1_000) },
  link: fc.constantFrom("none" as const, "lan" as const, "satellite" as const),
};
const reclaimAfter = fc.constantFrom("1s", "15m", "90s", "1w");
const newt = fc.record(
  {
    ...common,
    kind: fc.constant("newt" as const),
    persona: fc.constantFrom("hardened" as const, "newt" as const),
    key: fc.record({ approveNewSites: fc.boolean(), reclaimAfter }, { requiredKeys: [] }),
    blueprint: fc.string({ minLength: 1 }),
    governing: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ["count", "kind", "key"] },
);
const edgeflowCommon = {
  ...common,
  kind: fc.constant("edgeflow" as const),
  persona: fc.constantFrom("edgeflow" as const, "edgeflow-field" as const),
};
const edgeflow = fc.oneof(
  fc.record(
    { ...edgeflowCommon, artifacts: fc.string({ minLength: 1 }) },
    { requiredKeys: ["count", "kind", "artifacts"] },
  ),
  fc.record(
    { ...edgeflowCommon, codes: fc.record({ reclaimAfter }, { requiredKeys: [] }) },
    { requiredKeys: ["count", "kind", "codes"] },
  ),
);

const scenarios = fc
  .record(
    {
      name: fc.string({ minLength: 1, maxLength: 100 }).filter((name) => name.trim() !== ""),
      seed: fc.oneof(fc.integer(), fc.string({ minLength: 1, maxLength: 100 })),
      populations: fc
        .array(fc.oneof(newt, edgeflow), { minLength: 1, maxLength: 16 })
        .map((all) => all.map((population, index) => ({ ...population, name: `p${index}` }))),
      phases: fc.record(
        {
          enrol: wave,
          steady: fc.record({ for: time, healthCheck: fc.boolean() }, { requiredKeys: ["for"] }),
          restart: wave,
          approve: fc.boolean(),
        },
        { requiredKeys: ["enrol"] },
      ),
      faults: fc.array(fault, { maxLength: 8 }),
      thresholds: fc.subarray([" enrolled == 99.5% ", "exchange.p99 < 1.5s", "violations == 0", "duration<=1w"]),
    },
    { requiredKeys: ["name", "populations", "phases"] },
  )
  .map(defineScenario);

describe("a scenario described as it is written", () => {
  it("is the same scenario when it is read again, from JSON too", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const described = describeScenario(scenario);
        expect(defineScenario(described)).toEqual(scenario);
        expect(defineScenario(JSON.parse(JSON.stringify(described)))).toEqual(scenario);
      }),
      { numRuns: 200 },
    );
  });

  it.each(readdirSync(examples).filter((file) => /^name: /m.test(readFileSync(join(examples, file), "utf8"))))(
    "is the example %s again",
    (file) => {
      const scenario = loadScenario(file, readFileSync(join(examples, file), "utf8"));
      expect(defineScenario(describeScenario(scenario))).toEqual(scenario);
    },
  );

  it("has durations as a person would write them", () => {
    const { phases } = describeScenario(
      defineScenario({
        name: "times",
        populations: [{ name: "a", kind: "newt", count: 1, key: {} }],
        phases: {
          enrol: { over: "0s", within: "5400s" },
          steady: { for: "0.0000001ms" },
          restart: { over: "1.5s", within: "1440m" },
        },
      }),
    );
    expect(phases).toMatchObject({
      enrol: { over: "0s", within: "90m" },
      restart: { over: "1500ms", within: "1d" },
    });
    expect(Number.parseFloat(phases.steady?.for ?? "")).toBe(1e-7);
    expect(phases.steady?.for).not.toContain("e");
  });
});
