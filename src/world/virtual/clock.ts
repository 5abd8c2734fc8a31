import type { Clock, Timer } from "../clock.js";
import type { Event } from "./event-queue.js";
import { never, type VirtualProcess } from "./process.js";

/** When every virtual world begins. */
export const epoch = Date.UTC(2026, 0, 1);

/** The clock of one process. */
export class VirtualClock implements Clock {
  constructor(
    private readonly process: VirtualProcess,
    /** How far its host's wall clock is ahead, milliseconds. */
    private readonly skewMs: number,
  ) {}

  now(): number {
    return epoch + this.skewMs + Math.floor(this.process.scheduler.now);
  }

  monotonic(): number {
    return this.process.scheduler.now;
  }

  after(ms: number, fn: () => void): Timer {
    const { process } = this;
    process.scheduler.enter();
    const alarm = new Alarm(process, fn);
    if (process.alive) process.scheduler.after(Math.max(0, ms), alarm);
    return alarm;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { process } = this;
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
    return this.process.operation("turn", 0, () => {});
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
    trace.moment(now, process.home.index);
    fn();
  }
}
