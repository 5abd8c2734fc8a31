import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  loadScenario,
  type Progress,
  type Report,
  refuseFaults,
  runScenario,
  type Scenario,
  verdictTable,
  writeReports,
} from "../../../simulator/index.js";
import { exitCodes, FirstbootError } from "../../error.js";
import { DataDirectory } from "../../server/data-directory.js";
import { isLoopback } from "../../world/loopback.js";
import { realWorld } from "../../world/real/index.js";
import { onInterrupt } from "../interrupt.js";
import { print, printJson } from "../output.js";
import { startPlane } from "../plane-process.js";
import { readText, resolveTarget, type ServerFlags, type Target } from "../settings.js";
import { progressView } from "./progress.js";
import { rehearsalOf, rehearse } from "./virtual.js";

export interface SimulateFlags extends ServerFlags {
  readonly world: "real" | "virtual";
  readonly target?: string;
  readonly iOwnThisTarget?: boolean;
  readonly devices?: number;
  readonly seed?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Runs a scenario file and ends with its verdict. */
export async function simulate(file: string, flags: SimulateFlags): Promise<void> {
  const scenario = adjusted(loadScenario(file, readText(file)), flags);
  const run = await (flags.world === "virtual" ? virtualRun : realRun)(file, scenario, flags);
  const { signal, release } = onInterrupt();
  const progress = progressView(stderrLine(flags.json !== true), process.stderr.isTTY);
  try {
    const report = await run({ signal, onProgress: progress.show });
    progress.end();
    await writeReports(report, flags.out);
    if (flags.json) printJson(report);
    else for (const line of closing(report, flags.out)) print(line);
    process.exitCode = exitCodeOf(report);
  } finally {
    release();
  }
}

function closing(report: Report, out: string): string[] {
  return [...verdictTable(report, join(out, "report.json")), `report: ${resolve(out, "report.html")}`];
}

/** A run whose input has been checked. */
type Run = (watched: { signal: AbortSignal; onProgress: (progress: Progress) => void }) => Promise<Report>;

async function realRun(file: string, scenario: Scenario, flags: SimulateFlags): Promise<Run> {
  refuseFaults(scenario);
  return async (watched) => {
    const { target, close } = await targetOf(flags);
    try {
      return await runScenario({ scenario, baseDirectory: dirname(resolve(file)), target, out: flags.out, ...watched });
    } finally {
      await close();
    }
  };
}

async function virtualRun(file: string, scenario: Scenario, { target, out }: SimulateFlags): Promise<Run> {
  if (target !== undefined) {
    throw new FirstbootError("FB1001", {
      what: "--target does not go with --world virtual",
      why: "the virtual world has a control plane of its own",
      fix: "leave one of them out",
    });
  }
  const rehearsal = await rehearsalOf(file, scenario);
  await new DataDirectory(out, realWorld().disk).prepare();
  return (watched) => rehearse({ ...rehearsal, ...watched });
}

/** Writes to stderr: one line rewritten on a terminal, lines elsewhere. */
function stderrLine(wanted: boolean): (line: string) => void {
  const around = process.stderr.isTTY ? (["\r\x1b[2K", ""] as const) : (["", "\n"] as const);
  return (line) => {
    if (wanted) process.stderr.write(around.join(line));
  };
}

/** The exit code that a report ends a command with. */
export function exitCodeOf({ verdict }: Report): number {
  return { passed: exitCodes.done, failed: exitCodes.judgedFailed, interrupted: exitCodes.interrupted }[verdict];
}

/** The scenario with what the flags change: the seed, and the populations' sizes in proportion. */
function adjusted(scenario: Scenario, { devices, ...flags }: SimulateFlags): Scenario {
  const seed = flags.seed ?? scenario.seed;
  if (devices === undefined) return { ...scenario, seed };
  const total = scenario.populations.reduce((sum, { count }) => sum + count, 0);
  const populations = scenario.populations.map((population) => ({
    ...population,
    count: Math.max(1, Math.round((population.count * devices) / total)),
  }));
  return { ...scenario, seed, populations };
}

/** The named server, or a control plane of this run's own, in a process of its own beside the reports. */
async function targetOf(flags: SimulateFlags): Promise<{ readonly target: Target; close(): Promise<void> }> {
  if (flags.target !== undefined) return { target: ownTarget(flags, flags.target), close: async () => {} };
  await new DataDirectory(flags.out, realWorld().disk).prepare();
  const data = resolve(flags.out, "plane");
  await rm(data, { recursive: true, force: true });
  return startPlane(data, resolve(flags.out, "plane.log"));
}

/** A fleet is a load: it goes to this machine, or where its user has a right to send it. */
function ownTarget(flags: SimulateFlags, endpoint: string): Target {
  const target = resolveTarget({ ...flags, endpoint });
  const { hostname } = new URL(endpoint);
  if (isLoopback(hostname) || flags.iOwnThisTarget) return target;
  throw new FirstbootError("FB1001", {
    what: `${hostname} is not this machine`,
    why: "a fleet can take a server down",
    fix: "give --i-own-this-target if it is yours to load",
  });
}
