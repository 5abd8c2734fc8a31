import type { Clock } from "../world/clock.js";
import { Sources } from "./sources.js";

/** How far apart the turns of one source are, milliseconds. */
export const apartMs = 50;

/** How many of one source may wait for their turn. */
const mostWaiting = 200;

/**
 * Turns for what is worth guessing: 20 a second for each source, first come, first served. A one-time code has 40 bits
 * only, so even a right one waits in line behind the guesses of its source.
 */
export class Pace {
  /** When each source's next turn is, by the monotonic clock. */
  readonly #next: Sources<number>;

  constructor(
    private readonly clock: Pick<Clock, "monotonic" | "sleep">,
    { sources }: { readonly sources?: number } = {},
  ) {
    this.#next = new Sources(sources);
  }

  /** Resolves with true when it is the caller's turn, with false at once where too many wait already. */
  async turn(address: string): Promise<boolean> {
    const now = this.clock.monotonic();
    const at = Math.max(now, this.#next.get(address) ?? 0);
    const waitMs = at - now;
    if (waitMs > mostWaiting * apartMs) return false;
    this.#next.set(address, at + apartMs);
    if (waitMs > 0) await this.clock.sleep(waitMs);
    return true;
  }
}
