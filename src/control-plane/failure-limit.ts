import type { Clock } from "../world/clock.js";
import { sourceOf } from "../world/source.js";
import { Sources } from "./sources.js";

/** Wrong guesses that a source has free. */
export const allowance = 60;

/** How long it takes until all of them are forgiven, milliseconds: one after the other. */
export const forgivenMs = 15 * 60_000;

const eachMs = forgivenMs / allowance;

/**
 * Counts wrong guesses of each source: 60, and one more every 15 seconds. By itself it never stands before a secret is
 * verified: a right one is answered whatever others behind its address have tried; only what is wrong is told to wait.
 * What is short enough to be guessed asks `judge` first, and may be made to wait in line.
 */
export class FailureLimit {
  /** When each source has all of its guesses back, by the monotonic clock. */
  readonly #restored: Sources<number>;
  /** How many guesses of each source are not judged yet; only of those there are any. */
  readonly #unjudged = new Map<string, number>();
  /** Until when it is known that each source has guessed too often, by the monotonic clock. */
  readonly #told: Sources<number>;

  constructor(
    private readonly clock: Pick<Clock, "monotonic">,
    { sources }: { readonly sources?: number } = {},
  ) {
    this.#restored = new Sources(sources);
    this.#told = new Sources(sources);
  }

  /**
   * Notes a wrong guess. True while it is answered and audited like any other; false for one beyond the limit, which is
   * answered with 429 and leaves no audit row of its own.
   */
  failed(address: string): boolean {
    if (this.isExhausted(address)) return false;
    this.#restored.set(address, this.clock.monotonic() + this.#owedMs(address) + eachMs);
    return true;
  }

  isExhausted(address: string): boolean {
    return this.#waitMs(address) > 0;
  }

  /**
   * Runs what may be a wrong guess, and tells it whether its source has none left. Of a source that has guessed wrong, all
   * that are not judged yet count as wrong: what is sent at once is no freer than one after the other.
   */
  async judge<T>(address: string, work: (isExhausted: boolean) => Promise<T>): Promise<T> {
    const source = sourceOf(address);
    const others = this.#unjudged.get(source) ?? 0;
    this.#unjudged.set(source, others + 1);
    try {
      return await work(this.#owedMs(address) > 0 && this.#waitMs(address) + others * eachMs > 0);
    } finally {
      const left = (this.#unjudged.get(source) ?? 0) - 1;
      if (left > 0) this.#unjudged.set(source, left);
      else this.#unjudged.delete(source);
    }
  }

  /**
   * Tells of a source that has no guess left, once in 15 minutes, or nobody would hear of anything else. False from `tell`:
   * there was nothing to tell of this guess.
   */
  async tellOnce(address: string, tell: () => Promise<boolean>): Promise<void> {
    const now = this.clock.monotonic();
    if (!this.isExhausted(address) || (this.#told.get(address) ?? 0) > now) return;
    // Beforehand, since others of this source are under way.
    this.#told.set(address, now + forgivenMs);
    let told = false;
    try {
      told = await tell();
    } finally {
      if (!told) this.#told.set(address, 0);
    }
  }

  /** Whole seconds until the source may guess again: at least 1. */
  retryAfterSeconds(address: string): number {
    return Math.max(1, Math.ceil(this.#waitMs(address) / 1_000));
  }

  #waitMs(address: string): number {
    return this.#owedMs(address) + eachMs - forgivenMs;
  }

  #owedMs(address: string): number {
    return Math.max(0, (this.#restored.get(address) ?? 0) - this.clock.monotonic());
  }
}
