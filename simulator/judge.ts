import type { Evidence } from "./evidence.js";
import type { PhaseResult } from "./fleet.js";
import { type Invariant, invariants } from "./invariants/index.js";
import type { Metrics } from "./metrics.js";
import type { InvariantResult, ThresholdResult } from "./report/schema.js";
import { type Count, type Metric, type Share, satisfies, type Threshold } from "./threshold.js";

/** Violations of one invariant that a report shows. */
const shown = 50;

/** Judges a run by every invariant. */
export function judgeInvariants(evidence: Evidence, by: readonly Invariant[] = invariants): InvariantResult[] {
  return by.map(({ name, promise, judge }) => {
    const violations = judge(evidence);
    const first = violations.slice(0, shown).map((violation) => ({
      ...violation,
      detail: evidence.secrets.redact(violation.detail),
    }));
    return { name, promise, held: violations.length === 0, count: violations.length, violations: first };
  });
}

/** What thresholds are judged by. A share that no phase has measured is absent, one of nobody is no percentage. */
export interface Measured {
  readonly shares: ReadonlyMap<Share, PhaseResult>;
  readonly counts: Readonly<Record<Count, number>>;
  readonly metrics: Metrics;
  readonly durationMs: number;
}

/** Judges a run by its thresholds. What was not measured never holds. */
export function judgeThresholds(thresholds: readonly Threshold[], measured: Measured): ThresholdResult[] {
  return thresholds.map((threshold) => {
    const actual = actualOf(threshold.metric, threshold.unit, measured);
    return {
      text: threshold.text,
      held: satisfies(threshold, actual),
      actual: actual === undefined ? "not measured" : written(actual, threshold.unit),
    };
  });
}

function actualOf(metric: Metric, unit: Threshold["unit"], measured: Measured): number | undefined {
  switch (metric.kind) {
    case "share": {
      const share = measured.shares.get(metric.share);
      if (!share || unit !== "%") return share?.done;
      return share.expected === 0 ? undefined : (100 * share.done) / share.expected;
    }
    case "count":
      return measured.counts[metric.count];
    case "duration":
      return measured.durationMs;
    case "step": {
      const latency = measured.metrics.latency(metric.step);
      return metric.statistic === "count" ? (latency?.count ?? 0) : latency?.[metric.statistic];
    }
  }
}

function written(actual: number, unit: Threshold["unit"]): string {
  if (unit === "ms") return actual >= 1_000 ? `${(actual / 1_000).toFixed(2)} s` : `${actual.toFixed(1)} ms`;
  return unit === "%" ? `${Math.floor(actual * 100) / 100} %` : String(actual);
}
