import { alarmOf, type Clock, type Timer } from "../clock.js";
import type { Process } from "../process.js";

/** The machine's clock, for one process: its timers die with it. */
export function realClock(process: Process): Clock {
  function after(ms: number, fn: () => void): Timer {
    const handle = setTimeout(() => {
      release();
      fn();
    }, ms);
    const release = process.holds(() => clearTimeout(handle));
    return {
      cancel: () => {
        clearTimeout(handle);
        release();
      },
    };
  }

  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after,
    alarm: (bell) => alarmOf({ after }, bell),
    sleep: (ms, signal) =>
      process.wait(
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const timer = after(ms, done);
          function done(): void {
            timer.cancel();
            signal?.removeEventListener("abort", done);
            resolve();
          }
          signal?.addEventListener("abort", done, { once: true });
        }),
      ),
    turn: () => process.wait(new Promise((resolve) => setImmediate(resolve))),
  };
}
