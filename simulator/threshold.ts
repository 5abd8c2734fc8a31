import { parseDuration } from "../src/provisioning/duration.js";
import { type Step, steps } from "./metrics.js";

/** Shares of the devices that should have reached something; also comparable as plain numbers. */
export const shares = ["enrolled", "online", "blueprints", "answered", "restarted", "approved", "refused"] as const;
/** Plain numbers. */
export const counts = ["violations", "failures"] as const;
/** What a step's latencies can be asked for; `count` is a number, the others are durations. */
export const statistics = ["count", "mean", "p50", "p90", "p95", "p99", "max"] as const;

export type Share = (typeof shares)[number];
export type Count = (typeof counts)[number];
export type Statistic = (typeof statistics)[number];

export type Metric =
  | { readonly kind: "share"; readonly share: Share }
  | { readonly kind: "count"; readonly count: Count }
  | { readonly kind: "step"; readonly step: Step; readonly statistic: Statistic }
  | { readonly kind: "duration" };

const comparisons = {
  "==": (a: number, b: number) => a === b,
  "!=": (a: number, b: number) => a !== b,
  "<=": (a: number, b: number) => a <= b,
  ">=": (a: number, b: number) => a >= b,
  "<": (a: number, b: number) => a < b,
  ">": (a: number, b: number) => a > b,
} as const;
type Comparison = keyof typeof comparisons;

/** A condition on a run, such as `exchange.p99 < 2s`. */
export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly metric: Metric;
  readonly comparison: Comparison;
  /** Milliseconds, a percentage, or a number, as `unit` says. */
  readonly value: number;
  readonly unit: "ms" | "%" | "";
}

/** The metrics a threshold may name, for people. */
export const metricNames = [
  ...shares,
  ...counts,
  "duration",
  `<step>.<statistic> with step ${steps.join("|")} and statistic ${statistics.join("|")}`,
].join(", ");

const written = /^\s*([a-z][a-z0-9.]*)\s*(==|!=|<=|>=|<|>)\s*(\S+)\s*$/;

/** Reads a threshold. Returns what is wrong, as a text for people, if it is none. */
export function parseThreshold(text: string): Threshold | string {
  const [, name = "", comparison = "", amount = ""] = written.exec(text) ?? [];
  if (!isComparison(comparison)) return 'a threshold is "metric comparison value", for example "exchange.p99 < 2s"';
  const metric = metricOf(name);
  if (!metric) return `unknown metric "${name}"; allowed: ${metricNames}`;
  const quantity = quantityOf(metric, amount);
  if (typeof quantity === "string") return `${name} is compared with ${quantity}, not with "${amount}"`;
  return { text: text.trim(), metric, comparison, ...quantity };
}

/** Whether an actual value, in the threshold's unit, satisfies it. What was never measured does not. */
export function satisfies({ comparison, value }: Threshold, actual: number | undefined): boolean {
  return actual !== undefined && comparisons[comparison](actual, value);
}

function metricOf(name: string): Metric | undefined {
  const share = shares.find((known) => known === name);
  if (share) return { kind: "share", share };
  const count = counts.find((known) => known === name);
  if (count) return { kind: "count", count };
  if (name === "duration") return { kind: "duration" };
  const [stepName, statisticName, ...more] = name.split(".");
  const step = steps.find((known) => known === stepName);
  const statistic = statistics.find((known) => known === statisticName);
  return step && statistic && more.length === 0 ? { kind: "step", step, statistic } : undefined;
}

/** The value compared with, or which kind of value the metric wants. */
function quantityOf(metric: Metric, amount: string): Pick<Threshold, "value" | "unit"> | string {
  const plain = /^\d+(\.\d+)?(%?)$/.exec(amount);
  if (metric.kind === "duration" || (metric.kind === "step" && metric.statistic !== "count")) {
    const value = parseDuration(amount);
    return value === undefined ? "a duration such as 250ms or 2s" : { value, unit: "ms" };
  }
  if (metric.kind === "share") {
    return plain ? { value: Number.parseFloat(amount), unit: plain[2] ? "%" : "" } : "a share such as 100% or a number";
  }
  return plain && !plain[2] ? { value: Number(amount), unit: "" } : "a number";
}

function isComparison(text: string): text is Comparison {
  return text in comparisons;
}
