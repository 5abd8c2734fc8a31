import { FirstbootError } from "../../error.js";
import { type Drain, tickDrain } from "./drain.js";
import { type Event, EventQueue } from "./event-queue.js";
import { Guard } from "./guard.js";
import { SegmentPool } from "./segment.js";
import { Trace, type TraceEntry } from "./trace.js";

/** How long the simulation keeps the machine's event loop to itself, milliseconds of real time. */
const sliceMs = 50;
/** Events between two looks at the real clock. */
const eventsPerLook = 64;

const realNow = performance.now.bind(performance);
const realImmediate = setImmediate;

export interface SchedulerOptions {
  /** `immediate` lets Node run the tasks instead of running them at once: the same order, several times slower. */
  readonly drain?: "tick" | "immediate";
  /** Hears what happens. */
  readonly tell?: (entry: TraceEntry) => void;
}

/** What a run may take before it is given up. */
export interface RunLimits {
  /** Milliseconds of virtual time, from the start of the run. */
  readonly virtualMs: number;
  /** Of every kind, also those that carry no message and fire no timer. */
  readonly events: number;
}

/**
 * The one source of time and order. Tasks run until all of them wait, then the clock jumps to the next event. Time never
 * passes while a task runs.
 */
export class Scheduler {
  readonly trace: Trace;
  readonly guard = new Guard();
  readonly segments = new SegmentPool();
  readonly #queue = new EventQueue();
  readonly #mode: "tick" | "immediate";
  #now = 0;
  /** Counts the moments in which something happens. */
  moment = 0;
  #fired = 0;
  #inside = false;
  readonly #mirrors: { readonly outer: AbortSignal; readonly inner: AbortController }[] = [];

  constructor({ drain = "tick", tell }: SchedulerOptions = {}) {
    this.#mode = drain;
    this.trace = new Trace(tell);
  }

  /** Milliseconds of virtual time since the start. */
  get now(): number {
    return this.#now;
  }

  at(time: number, event: Event): void {
    this.#queue.push(time, event);
  }

  after(delay: number, event: Event): void {
    this.#queue.push(this.#now + delay, event);
  }

  /** Throws FB9002 where a task makes a call of its World while the simulation does not run. */
  enter(): void {
    if (!this.#inside) throw strayed();
  }

  /** Runs until `done` says so. Rejects with FB9003 where nothing is left to happen, or a limit is reached. */
  async run(done: () => boolean, limits: RunLimits): Promise<void> {
    const budget: Budget = { until: this.#now + limits.virtualMs, events: this.#fired + limits.events };
    let over = false;
    while (!over) {
      over = await new Promise<boolean>((resolve, reject) => {
        realImmediate(() => {
          const drain = this.#mode === "tick" ? tickDrain() : undefined;
          try {
            resolve(drain ? this.#slice(done, budget, drain) : this.#single(done, budget));
          } catch (error) {
            this.#inside = false;
            reject(error);
          }
        });
      });
    }
    this.#inside = false;
  }

  /** A signal that aborts within the simulation when one of the outside has. */
  mirror(outer: AbortSignal): AbortSignal {
    const inner = new AbortController();
    this.#mirrors.push({ outer, inner });
    return inner.signal;
  }

  /** Runs something of the outside, such as a progress display, from within the simulation. */
  outside<T>(act: () => T): T {
    return this.guard.lifted(act);
  }

  /** Events, each with all that follows from it, for a while. True when the run is over. */
  #slice(done: () => boolean, budget: Budget, drain: Drain): boolean {
    const end = realNow() + sliceMs;
    this.#inside = true;
    this.guard.raise();
    try {
      this.#reflect();
      drain();
      for (let count = 0; !done(); count++) {
        if (count % eventsPerLook === eventsPerLook - 1 && realNow() >= end) return false;
        this.#next(budget);
        drain();
      }
      return true;
    } finally {
      this.guard.lower();
      this.#inside = false;
    }
  }

  /** One event; what follows from it runs when Node gets to it. */
  #single(done: () => boolean, budget: Budget): boolean {
    if (done()) return true;
    this.#inside = true;
    this.#reflect();
    this.#next(budget);
    return false;
  }

  #reflect(): void {
    for (const { outer, inner } of this.#mirrors) if (outer.aborted && !inner.signal.aborted) inner.abort();
  }

  #next({ until, events }: Budget): void {
    const at = this.#queue.nextAt;
    if (at > until || this.#fired > events)
      throw at === Number.POSITIVE_INFINITY ? stuck(this.#now) : endless(this.#now);
    if (at !== this.#now) this.moment++;
    this.#now = at;
    this.#fired++;
    this.#queue.pop()?.fire();
  }
}

interface Budget {
  readonly until: number;
  readonly events: number;
}

function strayed(): FirstbootError {
  return new FirstbootError("FB9002", {
    what: "a task called its World while the virtual world stood still",
    why: "it came back from something real: a timer, a file, a socket or an asynchronous function of Node",
    fix: "let it wait for its World alone",
  });
}

function stuck(now: number): FirstbootError {
  return new FirstbootError("FB9003", {
    what: `at ${(now / 1_000).toFixed(3)} s of virtual time everything waits and nothing is left to happen`,
    why: "what the run waits for never comes",
  });
}

function endless(now: number): FirstbootError {
  return new FirstbootError("FB9003", {
    what: `the virtual world did not come to its end by ${(now / 1_000).toFixed(3)} s of virtual time`,
    fix: "look for a loop that never ends, or allow the run more",
  });
}
