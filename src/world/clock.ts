/** A running timer. */
export interface Timer {
  cancel(): void;
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
  /** An alarm that calls `fn` each time it rings; not set yet. */
  alarm(fn: () => void): Alarm;
  /** Resolves at the end of this turn of the event loop: what arrives together can be handled together. */
  turn(): Promise<void>;
}

const minuteMs = 60_000;
/** The minute whose text was asked for last: what happens together is told in the same minute. */
let minute = { at: Number.NaN, text: "" };

/** A wall time as ISO 8601 in UTC, to the millisecond. */
export function isoTime(ms: number): string {
  const whole = Math.trunc(ms);
  const at = Math.floor(whole / minuteMs);
  if (at !== minute.at) minute = { at, text: new Date(whole).toISOString().slice(0, -7) };
  const rest = whole - at * minuteMs;
  const seconds = Math.trunc(rest / 1_000);
  const milliseconds = String(rest % 1_000).padStart(3, "0");
  return `${minute.text}${seconds < 10 ? "0" : ""}${seconds}.${milliseconds}Z`;
}

/** An alarm made of timers, for a clock that has none of its own. */
export function alarmOf(clock: Pick<Clock, "after">, fn: () => void): Alarm {
  let timer: Timer | undefined;
  return {
    set: (ms) => {
      timer?.cancel();
      timer = clock.after(ms, fn);
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
