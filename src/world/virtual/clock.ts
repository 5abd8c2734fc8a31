import type { Clock, Timer } from "../clock.js";
import type { Event } from "./event-queue.js";
import { never, type VirtualProcess } from "./process.js";
import type { Scheduler } from "./scheduler.js";

/** When every virtual world begins. */
export const epoch = Date.UTC(2026, 0, 1);

/** The clock of one process. */
export class VirtualClock implements Clock {
  readonly #process: VirtualProcess;
  readonly #scheduler: Scheduler;
  readonly #skewMs: number;

  /** @param skewMs how far its host's wall clock is ahead, milliseconds. */
  constructor(process: VirtualProcess, skewMs: number) {
    this.#process = process;
    this.#scheduler = process.scheduler;
    this.#skewMs = skewMs;
  }

  now(): number {
    return epoch + this.#skewMs + Math.floor(this.#scheduler.now);
  }

  monotonic(): number {
    return this.#scheduler.now;
  }

  after(ms: number, fn: () => void): Timer {
    this.#scheduler.enter();
    const alarm = new Alarm(this.#process, fn);
    if (this.#process.alive) this.#scheduler.after(Math.max(0, ms), alarm);
    return alarm;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const process = this.#process;
    const call = process.begin("sleep");
    if (!call) return never();
    if (signal?.aborted) return process.survives(call) ? Promise.resolve() : never();
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        signal?.removeEventListener("abort", wake);
        if (process.survives(call)) resolve();
      };
      const timer = this.after(ms, wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  turn(): Promise<void> {
    return this.#process.operation("turn", 0, () => {});
  }
}

class Alarm implements Timer, Event {
  #fn: (() => void) | undefined;

  constructor(
    private readonly process: VirtualProcess,
    fn: () => void,
  ) {
    this.#fn = fn;
  }

  cancel(): void {
    this.#fn = undefined;
  }

  fire(): void {
    const fn = this.#fn;
    const { process } = this;
    if (!fn || !process.alive) return;
    this.#fn = undefined;
    const { trace, now } = process.scheduler;
    trace.events++;
    trace.moment(now, process.index);
    fn();
  }
}
