import { describe, expect, it } from "vitest";
import { judgeThresholds } from "../../simulator/judge.js";
import { Metrics } from "../../simulator/metrics.js";
import { parseThreshold } from "../../simulator/threshold.js";

function judged(text: string, { failures = 0, enrolled = 9 } = {}) {
  const threshold = parseThreshold(text);
  if (typeof threshold === "string") throw new Error(threshold);
  const metrics = new Metrics();
  for (let ms = 1; ms <= 100; ms++) metrics.record("exchange", ms);
  const shares = new Map([
    ["enrolled" as const, { expected: 10, done: enrolled }],
    ["answered" as const, { expected: 0, done: 0 }],
  ]);
  const [result] = judgeThresholds([threshold], {
    metrics,
    shares,
    counts: { failures, violations: 0 },
    durationMs: 61_000,
  });
  return result;
}

describe("a threshold", () => {
  it.each([
    ["enrolled == 100%", false, "90 %"],
    ["enrolled >= 90%", true, "90 %"],
    ["enrolled == 9", true, "9"],
    ["exchange.p50 < 60ms", true, "50.0 ms"],
    ["exchange.max <= 99ms", false, "100.0 ms"],
    ["exchange.count == 100", true, "100"],
    ["duration < 1m", false, "61.00 s"],
    ["violations == 0", true, "0"],
    ["failures > 0", false, "0"],
  ])("%s is judged by what was measured", (text, held, actual) => {
    expect(judged(text)).toEqual({ text, held, actual });
  });

  it.each(["restarted == 100%", "restarted != 5", "token.p99 < 2s", "answered == 100%"])(
    "%s does not hold when it was never measured",
    (text) => {
      expect(judged(text)).toEqual({ text, held: false, actual: "not measured" });
    },
  );

  it.each([
    ["enroled == 100%", "unknown metric"],
    ["exchange.p98 < 2s", "allowed: "],
    ["exchange.p99.p99 < 2s", "unknown metric"],
    ["exchange.p99 < 2", "a duration"],
    ["exchange.p99 < 100%", "a duration"],
    ["violations == 0%", "a number"],
    ["enrolled == lots", "a share"],
    ["enrolled = 100%", "metric comparison value"],
    ["", "metric comparison value"],
    ["constructor == 1", "unknown metric"],
    ["exchange.constructor == 1", "unknown metric"],
  ])('"%s" is refused with what is allowed', (text, reason) => {
    expect(parseThreshold(text)).toContain(reason);
  });
});
