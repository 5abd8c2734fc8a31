import type { Report } from "../../../simulator/index.js";

/** A report with everything in it. */
export function sampleReport(more: Partial<Report> = {}): Report {
  const latency = { count: 3, mean: 12, p50: 10, p90: 20, p95: 30, p99: 40, max: 41 };
  return {
    firstbootReport: 1,
    name: "sample",
    seed: 7,
    verdict: "failed",
    interrupted: false,
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 7_400,
    target: { endpoint: "https://127.0.0.1:8443", org: "default" },
    machine: { node: "v20.0.0", cores: 2, platform: "linux x64" },
    populations: [
      {
        ...{ name: "sites", kind: "newt", persona: "hardened", source: "key" },
        ...{ count: 3, surplus: 1, enrolled: 3, restarted: 2, refused: 1 },
      },
    ],
    phases: [{ name: "enrol", title: "devices boot", at: 0, durationMs: 3_000, expected: 3, done: 3 }],
    latencies: [
      {
        step: "exchange",
        ...latency,
        curve: [
          [0, 1],
          [50, 10],
          [100, 41],
        ],
      },
    ],
    series: {
      bucketMs: 50,
      ...{
        arrivals: [1, 2],
        enrolled: [0, 3],
        restarted: [0, 0],
        heartbeats: [0, 1],
        failures: [0, 1],
        online: [1, 3],
      },
    },
    failures: [{ kind: "connect timeout", count: 1, example: "too slow" }],
    refusals: [{ reason: "used up", status: 401, count: 1, device: "sites/0003", expected: true }],
    invariants: [
      { name: "kept", promise: "It is kept.", held: true, count: 0, violations: [] },
      {
        name: "broken",
        promise: "It is broken.",
        held: false,
        count: 1,
        violations: [{ device: "sites/0001", at: 1_234, detail: "is wrong", seed: 7 }],
      },
    ],
    thresholds: [{ text: "exchange.p99 < 2s", held: true, actual: "40.0 ms" }],
    ...more,
  };
}

/** Text that tries to leave wherever it is put. */
export const hostile = `</script><script>alert(1)</script>"'><img src=https://evil.example/x onerror=alert(1)>\u2028\u001b[2J\n]]>`;

/** The sample with hostile text wherever a device or server can put some. */
export function hostileReport(): Report {
  const { populations, phases, failures, refusals, invariants, thresholds, latencies } = sampleReport();
  return sampleReport({
    name: hostile,
    seed: hostile,
    populations: populations.map((row) => ({ ...row, name: hostile })),
    phases: phases.map((phase) => ({ ...phase, title: hostile, name: hostile })),
    latencies: latencies.map((latency) => ({ ...latency, step: hostile })),
    failures: failures.map((failure) => ({ ...failure, kind: hostile, example: hostile })),
    refusals: refusals.map((refusal) => ({ ...refusal, reason: hostile, device: hostile })),
    thresholds: thresholds.map((threshold) => ({ ...threshold, text: hostile, actual: hostile })),
    invariants: invariants.map((invariant) => ({
      ...invariant,
      name: hostile,
      violations: invariant.violations.map((violation) => ({ ...violation, device: hostile, detail: hostile })),
    })),
  });
}
