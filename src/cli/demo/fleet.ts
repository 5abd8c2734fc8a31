import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  loadScenario,
  type Report,
  runScenario,
  type Scenario,
  type Wave,
  writeReports,
} from "../../../simulator/index.js";
import { progressView } from "../fleet/progress.js";
import { packageFile } from "../package.js";
import type { Target } from "../settings.js";
import type { Say } from "./step.js";

export interface ProofOptions {
  readonly devices: number;
  readonly target: Target;
  /** What `artifacts open` wrote. */
  readonly artifacts: string;
  /** Where the devices live. */
  readonly out: string;
  readonly reports: string;
  /** Files that must hold no secret. */
  readonly evidenceFiles: readonly string[];
  readonly signal: AbortSignal;
  readonly say: Say;
}

/** Runs examples/scenarios/msp-rollout.yaml at the demo's size, over the artefacts, and writes the reports. */
export async function proveRollout({
  devices,
  target,
  artifacts,
  out,
  reports,
  evidenceFiles,
  signal,
  say,
}: ProofOptions): Promise<Report> {
  const file = packageFile("examples/scenarios/msp-rollout.yaml");
  const scenario = await sized(loadScenario(file, await readFile(file, "utf8")), devices, artifacts);
  const progress = progressView(say, process.stdout.isTTY);
  const report = await runScenario({
    scenario,
    baseDirectory: artifacts,
    target,
    out,
    signal,
    evidenceFiles,
    onProgress: progress.show,
  });
  progress.end();
  await writeReports(report, reports);
  return report;
}

/**
 * One EdgeFlow device for each code that was opened; the customers share the rest. A larger fleet takes as much longer to
 * arrive, so that the load of the control plane stays what it is.
 */
async function sized(scenario: Scenario, devices: number, artifacts: string): Promise<Scenario> {
  const codes = (await readdir(join(artifacts, "edgeflow"))).length;
  const customers = scenario.populations.filter(({ kind }) => kind === "newt").length;
  const populations = scenario.populations.map((population) => ({
    ...population,
    count: population.kind === "edgeflow" ? codes : Math.floor((devices - codes) / customers),
  }));
  const size = (all: readonly { readonly count: number }[]): number => all.reduce((sum, { count }) => sum + count, 0);
  const factor = Math.max(1, size(populations) / size(scenario.populations));
  const { enrol, restart } = scenario.phases;
  const phases = {
    ...scenario.phases,
    enrol: slower(enrol, factor),
    ...(restart && { restart: slower(restart, factor) }),
  };
  return { ...scenario, populations, phases };
}

function slower(wave: Wave, factor: number): Wave {
  return { ...wave, over: wave.over * factor, within: wave.within * factor };
}
