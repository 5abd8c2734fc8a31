/** A running timer. */
export interface Timer {
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
  /** Resolves at the end of this turn of the event loop: what arrives together can be handled together. */
  turn(): Promise<void>;
}

/** A wall time as ISO 8601 in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
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
