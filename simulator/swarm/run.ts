import { reasonOf } from "../../src/error.js";
import type { Report } from "../report/schema.js";
import type { Scenario } from "../scenario.js";
import { runVirtually } from "../virtual/run.js";
import { swarmInputs } from "./blueprint.js";
import { excuses } from "./demands.js";
import { swarmScenario } from "./scenario.js";

/** What became of a seed. */
export interface SeedResult {
  readonly seed: number;
  /** The same for the same seed; absent if the run came to no end. */
  readonly hash?: string;
  /** What it broke: a promise or threshold and the first finding, one a line. Empty if all is well. */
  readonly findings: readonly string[];
}

export interface SwarmOptions {
  readonly seeds: Iterable<number>;
  /** Starts no more seeds after so many milliseconds of `now`. */
  readonly budgetMs?: number;
  /** Milliseconds of the world outside. */
  readonly now?: () => number;
  /** Called for each seed that failed. */
  readonly onFailure?: (result: SeedResult) => void;
}

export interface SwarmResult {
  /** How many seeds ran. */
  readonly ran: number;
  readonly failures: readonly SeedResult[];
}

/** Runs the scenario of a seed in the virtual world and says what it broke. */
export async function runSeed(seed: number): Promise<SeedResult> {
  const scenario = swarmScenario(seed);
  try {
    const { report, hash } = await runVirtually({ scenario, inputs: swarmInputs });
    return { seed, hash, findings: findingsIn(report, scenario) };
  } catch (error) {
    return { seed, findings: [`the run ended: ${reasonOf(error)}`] };
  }
}

/** Runs seed after seed. */
export async function runSwarm(options: SwarmOptions): Promise<SwarmResult> {
  const { seeds, budgetMs = Number.POSITIVE_INFINITY, now = () => 0, onFailure } = options;
  const began = now();
  const failures: SeedResult[] = [];
  let ran = 0;
  for (const seed of seeds) {
    if (now() - began >= budgetMs) break;
    const result = await runSeed(seed);
    ran += 1;
    if (result.findings.length === 0) continue;
    failures.push(result);
    onFailure?.(result);
  }
  return { ran, failures };
}

function findingsIn({ invariants, thresholds }: Report, scenario: Scenario): string[] {
  const broken = invariants.flatMap(({ name, violations }) => {
    const first = violations.find((violation) => !excuses(scenario, name, violation));
    return first ? [`${name}: ${first.device ?? "the server"} ${first.detail}`] : [];
  });
  return [...broken, ...thresholds.filter(({ held }) => !held).map(({ text, actual }) => `${text}: ${actual}`)];
}
