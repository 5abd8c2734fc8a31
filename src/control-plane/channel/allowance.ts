import type { Message } from "../../world/network.js";

/** Frames that a device may send in a minute of its own accord, beside those that cost less. */
const perMinute = 600;
const minute = 60_000;

/** What reading a frame costs beside a short text: one for each 16 KiB, and one to inflate it. */
export function weightOf(frame: Message): number {
  return (frame.length >> 14) + (typeof frame === "string" ? 0 : 1);
}

/** What a device may still send, counted without a timer. */
export class Allowance {
  #since: number;
  #spent = 0;

  constructor(now: number) {
    this.#since = now;
  }

  /** Whether its minute is over, so that it is as good as a new one. */
  isOver(now: number): boolean {
    return now - this.#since >= minute;
  }

  /** Takes note of what a frame costs; false if that was too much. */
  spend(cost: number, now: number): boolean {
    if (this.isOver(now)) {
      this.#since = now;
      this.#spent = 0;
    }
    this.#spent += cost;
    return this.#spent <= perMinute;
  }
}

/** Allowances by identity: whoever has spent one gets no other by coming back on a new channel. */
export class Allowances {
  readonly #byId = new Map<string, Allowance>();

  of(id: string, now: number): Allowance {
    const known = this.#byId.get(id);
    if (known && !known.isOver(now)) return known;
    const made = new Allowance(now);
    this.#byId.set(id, made);
    return made;
  }

  /** Forgets those that are as good as new. */
  sweep(now: number): void {
    for (const [id, allowance] of this.#byId) if (allowance.isOver(now)) this.#byId.delete(id);
  }
}
