import { NetworkError } from "../network.js";
import type { Event } from "./event-queue.js";
import type { Machine } from "./machine.js";
import type { Call, VirtualProcess } from "./process.js";

/** An attempt whose outcome is still open, whatever it will be. */
export interface Pending {
  readonly open: boolean;
  fail(error: Error): void;
}

/** Who waits for an outcome. */
interface Caller<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/** A request or a dial until it has its outcome, within its time: as an event it is its own time-out. */
export class Attempt<T> implements Pending, Event {
  /** Let go of with the outcome: the time-out comes long after. */
  #caller: Caller<T> | undefined;

  constructor(
    private readonly process: VirtualProcess,
    private readonly call: Call,
    private readonly timeoutMs: number,
    caller: Caller<T>,
  ) {
    this.#caller = caller;
    process.scheduler.after(timeoutMs, this);
  }

  get open(): boolean {
    return this.#caller !== undefined && this.process.alive;
  }

  fire(): void {
    if (this.open) this.fail(new NetworkError(`no answer within ${this.timeoutMs} ms`, { kind: "timeout" }));
  }

  /** False if it had its outcome before. */
  succeed(value: T): boolean {
    const caller = this.#close();
    caller?.resolve(value);
    return caller !== undefined;
  }

  fail(error: Error): void {
    if (this.open) this.process.note(`fails: ${error.message}`);
    this.#close()?.reject(error);
  }

  /** The connection breaks at a host: the caller is told at once, or only by its own patience. */
  breakAt(host: Machine): void {
    if (host.random.float() >= 0.5) return;
    this.process.scheduler.after(0, { fire: () => this.fail(new NetworkError("read ECONNRESET")) });
  }

  #close(): Caller<T> | undefined {
    const caller = this.#caller;
    this.#caller = undefined;
    return caller && this.process.survives(this.call) ? caller : undefined;
  }
}
