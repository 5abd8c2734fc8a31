import { type Alarm, alarmOf, type Bell, type Clock, type Timer } from "../../../src/world/clock.js";

interface Due {
  readonly at: number;
  readonly fn: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #ms = 0;
  readonly #due = new Set<Due>();

  now(): number {
    return Date.UTC(2026, 1, 21, 12) + this.#ms;
  }
  monotonic(): number {
    return this.#ms;
  }
  alarm(bell: Bell): Alarm {
    return alarmOf(this, bell);
  }
  after(ms: number, fn: () => void): Timer {
    const due = { at: this.#ms + ms, fn };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.after(ms, resolve);
      signal?.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      });
    });
  }
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#due.size;
  }

  /** Moves on, firing what falls due in its order. */
  advance(ms: number): void {
    const end = this.#ms + ms;
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#due.delete(next);
      this.#ms = next.at;
      next.fn();
    }
    this.#ms = end;
  }
}
