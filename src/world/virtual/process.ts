import { Process } from "../process.js";
import type { Random } from "../random.js";
import type { Event } from "./event-queue.js";
import type { Scheduler } from "./scheduler.js";

/** Longest step between two statements, milliseconds, and the share of steps that take no time. */
const longestStepMs = 0.2;
const instantSteps = 0.75;

/**
 * What may befall a process at one of its calls: it dies before the call has any effect, or when the call has had its effect
 * and before the process hears of it.
 */
export type Fate = "before" | "after" | undefined;

/** Where a process lives. */
export interface Home {
  readonly name: string;
  readonly index: number;
  /** Decides at each awaited call of the World; undefined where nothing befalls anybody. */
  readonly hazard: ((call: string) => Fate) | undefined;
  /** Carries out what the hazard decided. */
  strike(): void;
}

/** A process whose operations are events, and which a simulation may kill at each of them. */
export class VirtualProcess extends Process {
  readonly #random: Random;
  /** Its host's, for the trace. */
  readonly index: number;

  constructor(
    readonly home: Home,
    readonly scheduler: Scheduler,
    random: Random,
  ) {
    super(home.name);
    this.index = home.index;
    this.#random = random;
  }

  override kill(): void {
    if (this.alive) this.note("process ends");
    super.kill();
  }

  override step(): Promise<void> | undefined {
    const draw = this.#random.float();
    if (draw >= instantSteps) return this.operation("step", (1 - draw) * longestStepMs, nothing);
    const call = this.begin("step");
    return call && this.survives(call) ? undefined : never();
  }

  /** Begins a call; undefined if the process is dead, or dies of it. */
  begin(call: string): Call | undefined {
    this.scheduler.enter();
    if (!this.alive) return undefined;
    const { hazard } = this.home;
    if (!hazard) return harmless;
    const fate = hazard(call);
    if (fate === "before") {
      this.home.strike();
      return undefined;
    }
    return fate === "after" ? fatal : harmless;
  }

  /** Whether the process still lives to hear of a call's outcome. */
  survives(call: Call): boolean {
    if (!this.alive) return false;
    if (!call.fatal) return true;
    this.home.strike();
    return false;
  }

  /** An operation that takes `ms`: `act` happens at its end, unless the process has died by then. */
  operation<T>(call: string, ms: number, act: () => T): Promise<T> {
    const begun = this.begin(call);
    if (!begun) return never();
    return new Promise((resolve, reject) => {
      this.scheduler.after(ms, new Operation(this, call, begun, act, resolve, reject));
    });
  }

  /** Takes something that happened into the trace. */
  note(what: string): void {
    const { trace, now } = this.scheduler;
    trace.moment(now, this.index);
    trace.text(what);
    trace.tell?.({ at: now, host: this.home.name, what });
  }
}

/** A call that was begun. */
export interface Call {
  readonly fatal: boolean;
}

const harmless: Call = { fatal: false };
const fatal: Call = { fatal: true };

/** What a dead process gets: a promise of its own, or a thousand dead would wait on one. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

function nothing(): void {}

/** What says nothing to a reader of the trace. */
const silent: ReadonlySet<string> = new Set(["step", "turn"]);

class Operation<T> implements Event {
  constructor(
    private readonly process: VirtualProcess,
    private readonly name: string,
    private readonly call: Call,
    private readonly act: () => T,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  fire(): void {
    const { process } = this;
    if (!process.alive) return;
    const { trace, now } = process.scheduler;
    trace.events++;
    if (silent.has(this.name)) trace.moment(now, process.index);
    else process.note(this.name);
    try {
      const value = this.act();
      if (process.survives(this.call)) this.resolve(value);
    } catch (error) {
      if (process.survives(this.call)) this.reject(error);
    }
  }
}
