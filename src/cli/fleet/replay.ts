import { loadScenario, verdictLines } from "../../../simulator/index.js";
import { swarmInputs, swarmScenario } from "../../../simulator/swarm/index.js";
import { exitCodes, FirstbootError } from "../../error.js";
import { onInterrupt } from "../interrupt.js";
import { print, printJson } from "../output.js";
import { readText } from "../settings.js";
import { type Recorded, readRecorded } from "./recorded.js";
import { exitCodeOf } from "./simulate.js";
import { type TraceFilter, TraceView } from "./trace-view.js";
import { rehearsalOf, rehearse, type VirtualReport } from "./virtual.js";

export interface ReplayFlags extends TraceFilter {
  readonly scenario?: string;
  readonly seed?: string;
  /** A seed of the swarm. */
  readonly swarm?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Runs a virtual run again with its trace, and ends with its verdict and whether it was the same run. */
export async function replay(report: string | undefined, flags: ReplayFlags): Promise<void> {
  const recorded = await recordedBy(report, flags);
  const view = new TraceView(flags, recorded.scenario, flags.json === true);
  const interrupt = onInterrupt();
  const seen = onClosedOutput();
  try {
    const signal = AbortSignal.any([interrupt.signal, seen.signal]);
    const tell = flags.quiet === true ? {} : { tell: view.tell };
    const again = await rehearse({ ...recorded, signal, ...tell }).finally(() => view.end());
    conclude(again, recorded.hash, flags);
  } finally {
    interrupt.release();
    seen.release();
  }
}

async function recordedBy(report: string | undefined, flags: ReplayFlags): Promise<Recorded> {
  const { scenario: file, seed, swarm } = flags;
  const named = [report, file, swarm].filter((one) => one !== undefined).length;
  if (named === 1 && (seed === undefined || file !== undefined)) {
    if (report !== undefined) return readRecorded(report);
    if (swarm !== undefined) return { scenario: swarmScenario(swarm), inputs: swarmInputs };
    if (file !== undefined) return fromFile(file, seed);
  }
  throw new FirstbootError("FB1001", {
    what: named === 0 ? "nothing to replay is named" : "more is given than one thing to replay",
    fix: "give a report, or --scenario with or without --seed, or --swarm",
  });
}

function fromFile(file: string, seed: string | undefined): Promise<Recorded> {
  const scenario = loadScenario(file, readText(file));
  return rehearsalOf(file, seed === undefined ? scenario : { ...scenario, seed });
}

/** A signal that aborts when nobody reads on, as after `head`. */
function onClosedOutput(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.stdout.on("error", abort);
  return { signal: controller.signal, release: () => process.stdout.off("error", abort) };
}

function conclude(report: VirtualReport, hash: string | undefined, { json, quiet }: ReplayFlags): void {
  const { verdict, interrupted, virtual } = report;
  const same = interrupted || hash === undefined ? undefined : virtual.hash === hash;
  if (json) printJson({ verdict, ...virtual, ...(same !== undefined && { same }) });
  else {
    if (!quiet) print();
    for (const line of [...verdictLines(report), "", comparison(virtual.hash, same)]) print(line);
  }
  process.exitCode = same === false ? exitCodes.judgedFailed : exitCodeOf(report);
}

function comparison(hash: string, same: boolean | undefined): string {
  if (same === undefined) return `The run's hash is ${hash}`;
  return same
    ? `The same run as the report's: hash ${hash}`
    : `Not the report's run: its hash is ${hash}; the code or the scenario has changed since`;
}
