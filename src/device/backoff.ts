import type { Random } from "../world/random.js";
import type { Retry } from "./persona.js";

/** No server can send a device to sleep for longer, milliseconds. */
const longestWaitMs = 3_600_000;

/** How long to wait, one failure after the other. */
export class Backoff {
  #failures: number;

  constructor(
    private readonly retry: Retry,
    private readonly random: Random,
  ) {
    this.#failures = retry.retriesFirst ? 0 : retry.delaysMs.length;
  }

  /** The wait after one more failure, milliseconds; undefined when the device gives up. */
  afterFailure(retryAfterMs = 0): number | undefined {
    const { delaysMs, givesUp } = this.retry;
    if (givesUp && this.#failures >= delaysMs.length) return undefined;
    const delay = delaysMs[Math.min(this.#failures, delaysMs.length - 1)] ?? 0;
    this.#failures += 1;
    return this.#asked(retryAfterMs) + this.#jittered(delay);
  }

  /** The wait after a session that held `heldMs`. */
  afterLoss(heldMs: number, retryAfterMs = 0): number | undefined {
    if (heldMs < this.retry.steadyAfterMs) return this.afterFailure(retryAfterMs);
    this.#failures = 0;
    return this.#asked(retryAfterMs) + this.#jittered(this.retry.afterLossMs);
  }

  /** The server's time is a floor: the random part comes on top, or all would return in the same moment. */
  #asked(retryAfterMs: number): number {
    return this.retry.heedsRetryAfter ? Math.min(retryAfterMs, longestWaitMs) : 0;
  }

  #jittered(ms: number): number {
    return Math.round(ms * (1 - this.retry.jitter * this.random.float()));
  }
}
