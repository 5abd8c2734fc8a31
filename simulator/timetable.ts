import type { Fleet, PhaseResult, Progress } from "./fleet.js";
import { phasesOf } from "./phases/index.js";

/** A phase that ran. */
export interface PhaseRecord extends PhaseResult {
  readonly name: string;
  readonly title: string;
  /** Milliseconds since the start of the run. */
  readonly at: number;
  readonly durationMs: number;
}

/** Runs the scenario's phases one after the other, until the end or an interruption. */
export async function runPhases(fleet: Fleet, onProgress: (progress: Progress) => void): Promise<PhaseRecord[]> {
  const records: PhaseRecord[] = [];
  for (const { name, title, size, run } of phasesOf(fleet.scenario)) {
    if (fleet.signal.aborted) break;
    const at = fleet.now();
    const total = size(fleet);
    const tell = (done: number, of = total): void => {
      const { online } = fleet.metrics;
      onProgress({ phase: name, title, done, total: Math.max(of, done), online, elapsedMs: fleet.now() });
    };
    let done = 0;
    let over = false;
    tell(0);
    // A straggler may get there when its phase is over.
    const result = await run(fleet, () => over || tell(++done));
    over = true;
    tell(result.done, result.expected);
    records.push({ name, title, at, durationMs: fleet.now() - at, ...result });
  }
  return records;
}
