import type { Clock } from "../world/clock.js";

/** Newcomers that may be under way at a time: what they ask for together takes a fraction of a second. */
const most = 1_000;

/** How far apart those are told to come back who are turned away, milliseconds: 400 a second, which small machines keep up with. */
export const apartMs = 2.5;

/** The longest anybody is sent away for, milliseconds. */
const longestMs = 30_000;

/**
 * Who is let in from outside: sites that ask for a token. When a fleet comes back at once, more than can be served soon
 * are sent away before they cost anything, so that operators and those who are in are served meanwhile (PROTOCOLS D2,
 * 14). A server that is about to end lets nobody in.
 */
export class Admission {
  readonly #clock: Pick<Clock, "monotonic">;
  #under = 0;
  #isClosed = false;
  /** When the last one who was sent away is to be back: monotonic time, milliseconds. */
  #last = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** From now on nobody is let in. */
  close(): void {
    this.#isClosed = true;
  }

  /** Why nobody is let in just now; undefined: who comes is. */
  refusal(admission: "open" | "bounded"): "ending" | "crowded" | undefined {
    if (this.#isClosed) return "ending";
    return admission === "bounded" && this.#under >= most ? "crowded" : undefined;
  }

  /** Serves one who is let in. */
  async serve<T>(work: () => Promise<T>): Promise<T> {
    this.#under += 1;
    try {
      return await work();
    } finally {
      this.#under -= 1;
    }
  }

  /** In how many seconds the next one who is sent away is to come back: one after the other, and at least 1. */
  retryAfterSeconds(): number {
    const now = this.#clock.monotonic();
    const next = Math.max(now, this.#last) + apartMs;
    this.#last = next - now > longestMs ? now + apartMs : next;
    return Math.ceil((this.#last - now) / 1_000);
  }
}
