import { isoTime } from "../../src/world/clock.js";
import type { VirtualDevice } from "../device.js";
import type { Evidence } from "../evidence.js";
import type { Fleet, PhaseResult } from "../fleet.js";
import { judgeInvariants, judgeThresholds } from "../judge.js";
import { steps } from "../metrics.js";
import { refusalIn } from "../refusal.js";
import type { Population } from "../scenario.js";
import type { Share } from "../threshold.js";
import type { PhaseRecord } from "../timetable.js";
import { machineFacts } from "./machine.js";
import type { Report } from "./schema.js";

/** A server may give a different reason to each device. */
const mostRefusals = 20;

export interface RunFacts {
  readonly fleet: Fleet;
  readonly phases: readonly PhaseRecord[];
  /** Enrolled devices with an open channel at the end of the last phase. */
  readonly online: number;
  /** Wall time. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly endpoint: string;
  readonly evidence: Evidence;
}

/** Judges a run and writes down what it was. */
export function compileReport(facts: RunFacts): Report {
  const { fleet, phases, evidence, startedAt, durationMs, endpoint } = facts;
  const { scenario, metrics, devices, org, signal } = fleet;
  const redact = (text: string): string => evidence.secrets.redact(text);
  const invariants = judgeInvariants(evidence);
  const thresholds = judgeThresholds(scenario.thresholds, {
    metrics,
    durationMs,
    shares: sharesOf(facts),
    counts: { violations: invariants.reduce((sum, { count }) => sum + count, 0), failures: metrics.failureCount },
  });
  const holds = [...invariants, ...thresholds].every(({ held }) => held);
  const { bucketMs, series } = metrics.timeline.read();
  const notices = byCount([...metrics.notices].map(([message, count]) => ({ message: redact(message), count })));
  return {
    firstbootReport: 1,
    name: scenario.name,
    seed: scenario.seed,
    verdict: signal.aborted ? "interrupted" : holds ? "passed" : "failed",
    interrupted: signal.aborted,
    startedAt: isoTime(startedAt),
    durationMs,
    target: { endpoint: new URL(endpoint).origin, org },
    machine: machineFacts(),
    populations: scenario.populations.map((population) => populationRow(population, devices)),
    phases: phases.map((phase) => ({ ...phase })),
    latencies: steps.flatMap((step) => {
      const latency = metrics.latency(step);
      return latency ? [{ step, ...latency }] : [];
    }),
    series: { bucketMs, ...series, online: running(series.online) },
    failures: byCount([...metrics.failures].map(([kind, failure]) => ({ kind, ...failure }))).map((failure) => ({
      ...failure,
      example: redact(failure.example),
    })),
    ...(notices.length > 0 && { notices }),
    refusals: byCount(refusalsOf(devices))
      .slice(0, mostRefusals)
      .map((refusal) => ({ ...refusal, reason: redact(refusal.reason) })),
    invariants,
    thresholds,
  };
}

function sharesOf({ fleet: { devices }, phases, online }: RunFacts): Map<Share, PhaseResult> {
  const of = (name: string): PhaseResult | undefined => phases.find((phase) => phase.name === name);
  const wanted = devices.filter(({ spec }) => !spec.surplus);
  const withBlueprint = wanted.filter(({ spec }) => spec.blueprints.size > 0);
  const all: [Share, PhaseResult | undefined][] = [
    ["enrolled", of("enrol")],
    ["online", { expected: wanted.length, done: online }],
    [
      "blueprints",
      {
        expected: withBlueprint.length,
        done: withBlueprint.filter(({ spec, applied }) => applied.size === spec.blueprints.size).length,
      },
    ],
    ["answered", of("steady")],
    ["restarted", of("restart")],
    ["approved", of("approve")],
    ["refused", of("refuse")],
  ];
  return new Map(all.flatMap(([share, result]) => (result ? [[share, result]] : [])));
}

function populationRow(population: Population, devices: readonly VirtualDevice[]): Report["populations"][number] {
  const own = devices.filter(({ spec }) => spec.population === population.name);
  const { name, kind, persona, count, surplus, artifacts } = population;
  const tunnels = own.filter(({ tunnelled }) => tunnelled).length;
  return {
    ...{ name, kind, persona, count, surplus },
    source: artifacts === undefined ? (kind === "newt" ? "key" : "codes") : "artifacts",
    enrolled: own.filter(({ enrolled }) => enrolled).length,
    restarted: own.filter(({ restarted }) => restarted).length,
    refused: own.filter(({ spec, history }) => spec.surplus && refusalIn(history)).length,
    ...(tunnels > 0 && { tunnels }),
  };
}

function refusalsOf(devices: readonly VirtualDevice[]): Report["refusals"] {
  const byReason = new Map<string, Report["refusals"][number]>();
  for (const device of devices) {
    const refusal = refusalIn(device.history);
    if (!refusal) continue;
    const { name, surplus: expected } = device.spec;
    const id = `${refusal.status} ${refusal.reason} ${expected}`;
    const known = byReason.get(id);
    byReason.set(id, {
      ...refusal,
      count: (known?.count ?? 0) + 1,
      device: known?.device ?? name,
      expected,
    });
  }
  return [...byReason.values()];
}

function byCount<T extends { readonly count: number }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => b.count - a.count);
}

/** Sums up to each bucket. */
function running(changes: readonly number[]): number[] {
  let sum = 0;
  return changes.map((change) => {
    sum += change;
    return sum;
  });
}
