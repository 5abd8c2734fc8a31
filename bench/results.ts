import type { Machine } from "./machine.js";

/** A function, measured by tinybench. */
export interface FunctionResult {
  readonly name: string;
  readonly perSecond: number;
  readonly medianMicroseconds: number;
  readonly p99Microseconds: number;
}

/** A whole flow: several runs of one figure. */
export interface FlowResult {
  readonly name: string;
  readonly unit: string;
  readonly method: string;
  readonly runs: readonly number[];
  /** A bound that the project sets itself, in words. */
  readonly goal?: string;
}

export interface BenchResults {
  readonly takenAt: string;
  readonly machine: Machine;
  readonly functions: readonly FunctionResult[];
  readonly flows: readonly FlowResult[];
}

/** A flow's runs, measured one after the other. */
export async function repeat(times: number, run: () => Promise<number>): Promise<number[]> {
  const runs: number[] = [];
  for (let i = 0; i < times; i++) runs.push(await run());
  return runs;
}
