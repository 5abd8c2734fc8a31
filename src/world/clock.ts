/** A running timer. */
export interface Timer {
  cancel(): void;
}

/** What an alarm rings. */
export interface Bell {
  ring(): void;
}

/** A timer that is set again and again. */
export interface Alarm {
  /** Rings once in `ms`, and not when it was to ring before. */
  set(ms: number): void;
  cancel(): void;
}

export interface Clock {
  /** Wall time, milliseconds since 1970. May jump. */
  now(): number;
  /** Milliseconds since some start; never goes back. */
  monotonic(): number;
  /** Resolves after `ms`, or early when `signal` aborts: the caller looks at the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fn` once after `ms`. */
  after(ms: number, fn: () => void): Timer;
  /** An alarm that is not set yet. */
  alarm(bell: Bell): Alarm;
  /** Resolves at the end of this turn of the event loop: what arrives together can be handled together. */
  turn(): Promise<void>;
}

const secondMs = 1_000;
/** The second whose text was asked for last: what happens together is told in the same second. */
let second = { at: Number.NaN, text: "" };
const milliseconds = Array.from({ length: secondMs }, (_, ms) => `${String(ms).padStart(3, "0")}Z`);

/** A wall time as ISO 8601 in UTC, to the millisecond. */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const at = Math.floor(whole / secondMs);
  if (at !== second.at) second = { at, text: new Date(whole).toISOString().slice(0, -4) };
  return second.text + milliseconds[whole - at * secondMs];
}

/** An alarm made of timers, for a clock that has none of its own. */
export function alarmOf(clock: Pick<Clock, "after">, bell: Bell): Alarm {
  let timer: Timer | undefined;
  return {
    set: (ms) => {
      timer?.cancel();
      timer = clock.after(ms, () => bell.ring());
    },
    cancel: () => timer?.cancel(),
  };
}

/** `fn` every `ms` until the returned timer is cancelled; ticks do not pile up. */
export function every(clock: Clock, ms: number, fn: () => void): Timer {
  let timer = clock.after(ms, tick);
  function tick(): void {
    timer = clock.after(ms, tick);
    fn();
  }
  return { cancel: () => timer.cancel() };
}
