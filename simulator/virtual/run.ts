import { resolve } from "node:path/posix";
import { linkProfiles, type SchedulerOptions, VirtualWorld } from "../../src/world/virtual/index.js";
import { planFaults } from "../faults/index.js";
import type { Progress } from "../fleet.js";
import { compileReport, type RunFacts } from "../report/compile.js";
import type { Report } from "../report/schema.js";
import { runFleet } from "../run.js";
import type { Scenario } from "../scenario.js";
import { VirtualBoxes } from "./boxes.js";
import { refuseArtifacts } from "./inputs.js";
import { VirtualPlane } from "./plane.js";

/** The run's directory, as the simulator names it. */
const out = "/run";
/** Where the files are that the scenario names. */
const baseDirectory = "/scenario";

export interface VirtualRunOptions extends SchedulerOptions {
  readonly scenario: Scenario;
  /** Texts of the files that the scenario names, by the paths it names them with. */
  readonly inputs?: ReadonlyMap<string, string>;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the run politely. */
  readonly signal?: AbortSignal;
}

/** A run in the virtual world: its report, and what it took. */
export interface VirtualRun {
  readonly report: Report;
  /** What the report was made from. */
  readonly facts: RunFacts;
  /** The same for the same seed. */
  readonly hash: string;
  /** Messages delivered and timers fired. */
  readonly events: number;
  /** Milliseconds of virtual time. */
  readonly virtualMs: number;
}

/**
 * Runs a scenario in the virtual world, control plane included, and judges it as `runScenario` does. Throws as that does,
 * and FB9002 or FB9003 where code leaves the virtual world or does not come to its end.
 */
export async function runVirtually(options: VirtualRunOptions): Promise<VirtualRun> {
  refuseArtifacts(options.scenario);
  const virtual = new VirtualWorld({ ...options, seed: options.scenario.seed });
  const plane = new VirtualPlane(virtual);
  try {
    const facts = await virtual.run(() => live(virtual, plane, options));
    const { hash, events, now: virtualMs } = virtual;
    return { report: compileReport(facts), facts, hash, events, virtualMs };
  } finally {
    plane.close();
  }
}

async function live(virtual: VirtualWorld, plane: VirtualPlane, options: VirtualRunOptions): Promise<RunFacts> {
  const { scenario, inputs = new Map(), onProgress, signal } = options;
  const operator = virtual.host("operator", linkProfiles.none);
  for (const [path, text] of inputs) operator.disk.put(resolve(baseDirectory, path), text);
  const boxes = new VirtualBoxes(virtual, scenario, out);
  const own = operator.boot();
  await plane.start();
  return runFleet({
    scenario,
    baseDirectory,
    target: plane.target,
    out,
    world: { ...own, disk: boxes.mount(own) },
    box: (spec) => boxes.box(spec),
    evidenceTexts: () => [{ name: "the control plane's log", text: plane.log }],
    onReady: () =>
      planFaults(scenario.faults, { virtual, plane, devices: boxes.hosts, random: virtual.random.fork("faults") }),
    ...(onProgress && { onProgress: (progress: Progress) => virtual.outside(() => onProgress(progress)) }),
    ...(signal && { signal: virtual.mirror(signal) }),
  });
}
