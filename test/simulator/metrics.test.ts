import { describe, expect, it } from "vitest";
import { Metrics } from "../../simulator/metrics.js";
import { Timeline } from "../../simulator/timeline.js";

describe("metrics", () => {
  it("keep latencies to three digits", () => {
    const metrics = new Metrics();
    for (let ms = 1; ms <= 1_000; ms++) metrics.observe({ type: "heartbeat", ms }, ms);
    const latency = metrics.latency("heartbeat");
    expect(latency).toMatchObject({ count: 1_000, max: expect.closeTo(1_000, -1) });
    expect(latency?.p99).toBeGreaterThan(985);
    expect(latency?.p99).toBeLessThanOrEqual(latency?.max ?? 0);
    expect(metrics.latency("token")).toBeUndefined();
  });

  it("count failures by step and kind, with an example", () => {
    const metrics = new Metrics();
    const failed = { type: "failed", step: "token", kind: "status", status: 503, detail: "busy" } as const;
    metrics.observe(failed, 10);
    metrics.observe(failed, 20);
    metrics.observe({ type: "blueprint", mode: "provisioning", success: false, message: "no", ms: 3 }, 30);
    expect([...metrics.failures]).toEqual([
      ["token status 503", { count: 2, example: "busy" }],
      ["blueprint refused", { count: 1, example: "no" }],
    ]);
    expect(metrics.failureCount).toBe(3);
  });
});

it("a refusal that ends a device's life is a failure, as it is for a persona that only tries again", () => {
  const metrics = new Metrics();
  const reason = { kind: "refused", step: "exchange", status: 401, reason: "expired" } as const;
  metrics.observe({ type: "stopped", reason }, 10);
  metrics.observe({ type: "stopped", reason: { kind: "stopped" } }, 20);
  expect([...metrics.failures]).toEqual([["exchange status 401", { count: 1, example: "expired" }]]);
});

it("a crash is a failure; places at exit nodes are timed and notices counted, of twenty kinds at most", () => {
  const metrics = new Metrics();
  metrics.observe({ type: "stopped", reason: { kind: "crashed", reason: "two answers at once" } }, 10);
  metrics.observe({ type: "tunnel", configured: true, exitNode: "a:1", ms: 40 }, 20);
  metrics.observe({ type: "tunnel", configured: false, exitNode: "a:1", ms: 0 }, 30);
  for (let kind = 0; kind < 100; kind++) metrics.observe({ type: "notice", message: `notice ${kind}` }, 40);
  metrics.observe({ type: "notice", message: "notice 0" }, 50);
  expect([...metrics.failures.keys()]).toEqual(["crashed"]);
  expect(metrics.latency("tunnel")).toMatchObject({ count: 1 });
  expect([metrics.notices.size, metrics.notices.get("notice 0"), metrics.notices.get("notice 1")]).toEqual([20, 2, 1]);
});

describe("a timeline", () => {
  it("stays small and loses nothing, however long the run", () => {
    const timeline = new Timeline();
    for (let at = 0; at < 3_600_000; at += 1_000) timeline.add("heartbeats", at);
    timeline.add("online", 5, 3);
    timeline.add("online", 3_000_000, -2);
    const { bucketMs, series } = timeline.read();
    expect(series.heartbeats.length).toBeLessThanOrEqual(400);
    expect(series.heartbeats.reduce((sum, count) => sum + count, 0)).toBe(3_600);
    expect(series.online.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(series.online[Math.floor(3_000_000 / bucketMs)]).toBe(-2);
    expect(series.arrivals.length).toBe(series.heartbeats.length);
  });
});
