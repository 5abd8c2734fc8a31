import type { Random } from "../../world/random.js";
import type { Attempted } from "../store/deliveries.js";
import { goneOutcome, isDelivered } from "../store/outcome.js";

/** Waits after the first attempt, the second and so on, milliseconds: more than 17 hours, eight attempts. */
export const delaysMs = [5_000, 30_000, 120_000, 600_000, 3_600_000, 14_400_000, 43_200_000] as const;

/** So much of a wait comes on top of it by chance, or all that failed together would come back together. */
const jitter = 0.2;

/** No receiver puts a message off for longer, milliseconds. */
const longestWaitMs = 43_200_000;

/** So long a wait, and no longer, follows from any attempt, milliseconds. */
export const longestDelayMs = longestWaitMs * (1 + jitter);

/** The receiver says that it has too much to do, so that its `Retry-After` is about whatever waits for it. */
const overloaded = /^(429|503)$/;

/** What came of sending a message: a status or a kind of failure. */
export interface Outcome {
  readonly word: string;
  /** What the receiver asked for, milliseconds. */
  readonly retryAfterMs: number;
}

export interface Tries {
  /** Attempts before this one. */
  readonly attempts: number;
  readonly now: number;
  readonly random: Random;
}

/** What follows from an attempt. */
export function afterAttempt({ word, retryAfterMs }: Outcome, { attempts, now, random }: Tries): Attempted {
  const delay = delaysMs[attempts];
  const isGone = word === goneOutcome;
  const restMs = Math.min(retryAfterMs, longestWaitMs);
  const othersAt = restMs > 0 && overloaded.test(word) ? now + restMs : null;
  const about = { outcome: word, isGone, othersAt };
  if (isDelivered(word) || isGone || delay === undefined) return { ...about, nextAt: null };
  // The receiver's time is a floor, and the part of chance comes on top of it too.
  const floor = Math.max(delay, restMs);
  return { ...about, nextAt: now + Math.round(floor + delay * jitter * random.float()) };
}
