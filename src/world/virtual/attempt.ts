import { NetworkError } from "../network.js";
import type { Event } from "./event-queue.js";
import type { Machine } from "./machine.js";
import type { Call, VirtualProcess } from "./process.js";

/** An attempt whose outcome is still open, whatever it will be. */
export interface Pending {
  readonly open: boolean;
  fail(error: Error): void;
}

/** A request or a dial until it has its outcome, within its time: as an event it is its own time-out. */
export class Attempt<T> implements Pending, Event {
  #open = true;

  constructor(
    private readonly process: VirtualProcess,
    private readonly call: Call,
    private readonly timeoutMs: number,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: Error) => void,
  ) {
    process.scheduler.after(timeoutMs, this);
  }

  get open(): boolean {
    return this.#open && this.process.alive;
  }

  fire(): void {
    if (this.open) this.fail(new NetworkError(`no answer within ${this.timeoutMs} ms`, { kind: "timeout" }));
  }

  /** False if it had its outcome before. */
  succeed(value: T): boolean {
    if (!this.#close()) return false;
    this.resolve(value);
    return true;
  }

  fail(error: Error): void {
    if (this.open) this.process.note(`fails: ${error.message}`);
    if (this.#close()) this.reject(error);
  }

  /** The connection breaks at a host: the caller is told at once, or only by its own patience. */
  breakAt(host: Machine): void {
    if (host.random.float() >= 0.5) return;
    this.process.scheduler.after(0, { fire: () => this.fail(new NetworkError("read ECONNRESET")) });
  }

  #close(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    return this.process.survives(this.call);
  }
}
