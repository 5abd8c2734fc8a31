import { dirname, resolve } from "node:path";
import {
  describeScenario,
  type Progress,
  type Report,
  readInputs,
  runVirtually,
  type Scenario,
  type VirtualFacts,
  type VirtualRunOptions,
} from "../../../simulator/index.js";
import { realWorld } from "../../world/real/index.js";
import { keepHeapSmall } from "./heap.js";

/** The report of a virtual run, and what it can be repeated from. */
export interface VirtualReport extends Report {
  readonly virtual: VirtualFacts;
}

/** A scenario and the texts of the files that it names. */
export interface Rehearsal {
  readonly scenario: Scenario;
  readonly inputs: ReadonlyMap<string, string>;
}

export interface RehearsalOptions extends Rehearsal {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly tell?: NonNullable<VirtualRunOptions["tell"]>;
}

/** A scenario file's rehearsal. Throws FB1001 where it needs a real server, FB1002 for a file that is missing. */
export async function rehearsalOf(file: string, scenario: Scenario): Promise<Rehearsal> {
  return { scenario, inputs: await readInputs(realWorld().disk, dirname(resolve(file)), scenario) };
}

/** Runs a scenario in the virtual world. */
export async function rehearse(options: RehearsalOptions): Promise<VirtualReport> {
  const began = performance.now();
  const letGo = keepHeapSmall();
  const { report, hash, events, virtualMs } = await runVirtually(options).finally(letGo);
  const virtual = { hash, events, virtualMs, tookMs: performance.now() - began };
  return {
    ...report,
    virtual,
    scenario: describeScenario(options.scenario),
    inputs: Object.fromEntries(options.inputs),
  };
}
