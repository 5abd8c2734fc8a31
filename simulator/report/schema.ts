import { z } from "zod";
import type { ScenarioInput } from "../scenario.js";

/** A run as it stands in report.json. Durations and moments are milliseconds, moments since the start. Never a secret. */

const Ms = z.number();

const Latency = z.object({
  step: z.string(),
  count: z.number(),
  mean: Ms,
  p50: Ms,
  p90: Ms,
  p95: Ms,
  p99: Ms,
  max: Ms,
  /** Pairs of percentile and milliseconds. */
  curve: z.array(z.tuple([z.number(), Ms])),
});

const Series = z.object({
  /** Width of a bucket. */
  bucketMs: Ms,
  arrivals: z.array(z.number()),
  enrolled: z.array(z.number()),
  restarted: z.array(z.number()),
  heartbeats: z.array(z.number()),
  failures: z.array(z.number()),
  /** Channels open at the end of each bucket. */
  online: z.array(z.number()),
});

const Violation = z.object({
  device: z.string().optional(),
  at: Ms.optional(),
  detail: z.string(),
  seed: z.union([z.string(), z.number()]),
});

const InvariantResult = z.object({
  name: z.string(),
  promise: z.string(),
  held: z.boolean(),
  /** How many there are; `violations` shows the first of them. */
  count: z.number(),
  violations: z.array(Violation),
});

const ThresholdResult = z.object({
  text: z.string(),
  held: z.boolean(),
  /** As people read it, in the threshold's unit; "not measured" if it never happened. */
  actual: z.string(),
});

export const verdicts = ["passed", "failed", "interrupted"] as const;
export type Verdict = (typeof verdicts)[number];

/** What a run in the virtual world took. */
const VirtualFacts = z.object({
  /** The same for every run that did the same. */
  hash: z.string().regex(/^[0-9a-f]{16}$/),
  /** Messages delivered and timers fired. */
  events: z.number(),
  /** Of virtual time. */
  virtualMs: Ms,
  /** Of real time. */
  tookMs: Ms,
});
export type VirtualFacts = z.infer<typeof VirtualFacts>;

export const Report = z.object({
  firstbootReport: z.literal(1),
  name: z.string(),
  seed: z.union([z.string(), z.number()]),
  verdict: z.enum(verdicts),
  interrupted: z.boolean(),
  startedAt: z.iso.datetime(),
  durationMs: Ms,
  target: z.object({ endpoint: z.string(), org: z.string() }),
  machine: z.object({ node: z.string(), cores: z.number(), platform: z.string() }),
  populations: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(["newt", "edgeflow"]),
      persona: z.string(),
      source: z.string(),
      count: z.number(),
      surplus: z.number(),
      enrolled: z.number(),
      restarted: z.number(),
      refused: z.number(),
      /** Devices that had a place at an exit node; absent if none had. */
      tunnels: z.number().optional(),
    }),
  ),
  phases: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      at: Ms,
      durationMs: Ms,
      expected: z.number(),
      done: z.number(),
      /** The longest that a device was held back because as many as allowed were booting; no latency holds it. */
      heldBackMs: Ms.optional(),
      /** What else there is to say of it, for people. */
      note: z.string().optional(),
    }),
  ),
  latencies: z.array(Latency),
  series: Series,
  failures: z.array(z.object({ kind: z.string(), count: z.number(), example: z.string() })),
  /** What devices told for people to know, and how often: 20 of them at most, absent if there are none. */
  notices: z.array(z.object({ message: z.string(), count: z.number() })).optional(),
  /** What servers said to devices that they refused; `expected` of surplus devices. The 20 most frequent. */
  refusals: z.array(
    z.object({ reason: z.string(), status: z.number(), count: z.number(), device: z.string(), expected: z.boolean() }),
  ),
  invariants: z.array(InvariantResult),
  thresholds: z.array(ThresholdResult),
  /** Of a run in the virtual world only. */
  virtual: VirtualFacts.optional(),
  /** With `virtual`: the scenario as it is written, from which the run can be repeated; it is read when it is. */
  scenario: z.custom<ScenarioInput>((value) => typeof value === "object" && value !== null).optional(),
  /** With `scenario`: texts of the files that it names, by their paths. Blueprints, never artefacts. */
  inputs: z.record(z.string(), z.string()).optional(),
});
export type Report = z.infer<typeof Report>;
export type InvariantResult = z.infer<typeof InvariantResult>;
export type ThresholdResult = z.infer<typeof ThresholdResult>;
