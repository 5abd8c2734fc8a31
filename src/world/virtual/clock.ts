import type { Clock, Timer } from "../clock.js";
import type { Event } from "./event-queue.js";
import { never, type VirtualProcess } from "./process.js";

/** When every virtual world begins. */
export const epoch = Date.UTC(2026, 0, 1);

/** The clock of one process. `skewMs` is how far its host's wall clock is ahead. */
export function virtualClock(process: VirtualProcess, skewMs: number): Clock {
  const { scheduler } = process;

  function after(ms: number, fn: () => void): Timer {
    scheduler.enter();
    const alarm = new Alarm(process, fn);
    if (process.alive) scheduler.after(Math.max(0, ms), alarm);
    return alarm;
  }

  return {
    now: () => epoch + skewMs + Math.floor(scheduler.now),
    monotonic: () => scheduler.now,
    after,
    sleep: (ms, signal) => {
      const call = process.begin("sleep");
      if (!call) return never();
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          timer.cancel();
          signal?.removeEventListener("abort", wake);
          if (process.survives(call)) resolve();
        };
        const timer = after(ms, wake);
        signal?.addEventListener("abort", wake, { once: true });
      });
    },
    turn: () => process.operation("turn", 0, () => {}),
  };
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
