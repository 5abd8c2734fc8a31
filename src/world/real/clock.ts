import type { Alarm, Bell, Clock, Timer } from "../clock.js";
import type { Process } from "../process.js";
import { Due } from "./timer-wheel.js";
import { timers } from "./timers.js";

/** The machine's clock, for one process: its timers die with it. A class, since there are thousands of them. */
export class RealClock implements Clock {
  /** The alarm that was set last; the others of this process hang on it. */
  #last: RealAlarm | undefined;
  #isHeld = false;

  constructor(private readonly process: Process) {}

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(ms: number, fn: () => void): Timer {
    const alarm = new RealAlarm(this, { ring: fn });
    alarm.set(ms);
    return alarm;
  }

  alarm(bell: Bell): Alarm {
    return new RealAlarm(this, bell);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.process.wait(
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = (): void => {
          timer.cancel();
          signal?.removeEventListener("abort", done);
          resolve();
        };
        const timer = this.after(ms, done);
        signal?.addEventListener("abort", done, { once: true });
      }),
    );
  }

  turn(): Promise<void> {
    return this.process.wait(new Promise((resolve) => setImmediate(resolve)));
  }

  /** Takes an alarm that was set. False if the process is dead. */
  takes(alarm: RealAlarm): boolean {
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.process.holds(() => this.#cancelAll());
    }
    if (!this.process.alive) return false;
    alarm.older = this.#last;
    if (this.#last) this.#last.newer = alarm;
    this.#last = alarm;
    return true;
  }

  /** Lets go of one that is not set any more. */
  releases(alarm: RealAlarm): void {
    const { older, newer } = alarm;
    if (older) older.newer = newer;
    if (newer) newer.older = older;
    else this.#last = older;
    alarm.older = alarm.newer = undefined;
  }

  #cancelAll(): void {
    while (this.#last) this.#last.cancel();
  }
}

/** An alarm of one process, among all in the program's wheel. */
class RealAlarm extends Due implements Alarm {
  /** Set before and after this one, in the same process. */
  older: RealAlarm | undefined;
  newer: RealAlarm | undefined;
  #isSet = false;

  constructor(
    private readonly clock: RealClock,
    private readonly bell: Bell,
  ) {
    super();
  }

  set(ms: number): void {
    if (!this.#isSet) this.#isSet = this.clock.takes(this);
    if (this.#isSet) timers.set(this, ms);
  }

  cancel(): void {
    if (!this.#isSet) return;
    this.#release();
    timers.cancel(this);
  }

  override ring(): void {
    this.#release();
    this.bell.ring();
  }

  #release(): void {
    this.#isSet = false;
    this.clock.releases(this);
  }
}
