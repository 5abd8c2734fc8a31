import type { Alarm, Bell, Clock, Timer } from "../clock.js";
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
    const alarm = new VirtualAlarm(this.#process, { ring: fn });
    alarm.set(ms);
    return alarm;
  }

  alarm(bell: Bell): Alarm {
    return new VirtualAlarm(this.#process, bell);
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

/** One event for as long as its owner lives: heartbeats set it again and again. */
class VirtualAlarm implements Alarm, Event {
  readonly #process: VirtualProcess;
  readonly #bell: Bell;
  /** When it rings; what comes from the queue at another moment was cancelled or set anew. */
  #at = Number.NaN;

  constructor(process: VirtualProcess, bell: Bell) {
    this.#process = process;
    this.#bell = bell;
  }

  set(ms: number): void {
    const { scheduler } = this.#process;
    scheduler.enter();
    if (!this.#process.alive) return;
    this.#at = scheduler.now + Math.max(0, ms);
    scheduler.at(this.#at, this);
  }

  cancel(): void {
    this.#at = Number.NaN;
  }

  fire(): void {
    const process = this.#process;
    const { trace, now } = process.scheduler;
    if (this.#at !== now || !process.alive) return;
    this.#at = Number.NaN;
    trace.events++;
    trace.moment(now, process.index);
    this.#bell.ring();
  }
}
