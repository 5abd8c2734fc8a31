import type { IntegrationClient } from "../src/protocol/integration/index.js";
import type { Random } from "../src/world/random.js";
import type { World } from "../src/world/world.js";
import type { VirtualDevice } from "./device.js";
import type { Metrics } from "./metrics.js";
import type { Scenario } from "./scenario.js";

/** A run in progress: what its phases work on. */
export interface Fleet {
  readonly world: World;
  /** Determined by the scenario's seed. */
  readonly random: Random;
  readonly scenario: Scenario;
  readonly client: IntegrationClient;
  readonly org: string;
  readonly devices: readonly VirtualDevice[];
  readonly metrics: Metrics;
  /** Aborts when the run should stop. */
  readonly signal: AbortSignal;
  /** Milliseconds since the start of the run. */
  now(): number;
}

/** How far a phase came. */
export interface PhaseResult {
  /** How many should have got there. */
  readonly expected: number;
  readonly done: number;
  /** The longest that a device was held back because as many as allowed were booting; no latency holds it. Milliseconds. */
  readonly heldBackMs?: number;
  /** What else there is to say of it, for people. */
  readonly note?: string;
}

/** How far a run is. */
export interface Progress {
  readonly phase: string;
  readonly title: string;
  readonly done: number;
  readonly total: number;
  /** Channels open now. */
  readonly online: number;
  /** Since the start of the run. */
  readonly elapsedMs: number;
}

/** One piece of a run. Bounded in time; ends early when the fleet's signal aborts. */
export interface Phase {
  readonly name: string;
  /** What it does, for a progress display. */
  readonly title: string;
  /** How many devices it is about, as far as that is known before it runs. */
  size(fleet: Fleet): number;
  /** Calls `advanced` for each device that got there. */
  run(fleet: Fleet, advanced: () => void): Promise<PhaseResult>;
}

/** Waits for all of `work`, for `limitMs` at most, and not beyond an interruption. */
export async function allWithin(fleet: Fleet, work: readonly Promise<unknown>[], limitMs: number): Promise<void> {
  if (fleet.signal.aborted || limitMs <= 0) return;
  const waiting = new AbortController();
  const limit = AbortSignal.any([waiting.signal, fleet.signal]);
  await Promise.race([Promise.all(work), fleet.world.clock.sleep(limitMs, limit)]);
  waiting.abort();
}

/** Does something for each item, `width` at a time, until the fleet is interrupted. */
export function inParallel<T>(
  { signal }: Fleet,
  items: readonly T[],
  width: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  return severally(items, width, async (item) => (signal.aborted ? undefined : act(item)));
}

/** Does something for each item, `width` at a time. */
export async function severally<T>(items: readonly T[], width: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  async function work(): Promise<void> {
    for (const item of queue) await act(item);
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
}
