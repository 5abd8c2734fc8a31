import { type Due, TimerWheel } from "./timer-wheel.js";

/** The longest that a timer of the machine holds, milliseconds. */
const longestMs = 2 ** 31 - 1;

/**
 * The timers of this program: one wheel, which one timer of the machine turns. Nothing rings early; what is due in the same
 * millisecond rings in the order in which it was set, and between two of them all promises run as far as they can, as with
 * the machine's own. The program does not end while one is set.
 */
class Timers {
  readonly #wheel = new TimerWheel();
  #machine: NodeJS.Timeout | undefined;
  /** When the machine's timer rings. */
  #turnsAt = Number.POSITIVE_INFINITY;
  #isTurning = false;
  /** What is due until then rings in this turn. */
  #until = 0;

  /** @param ms from now; what it was set to before is forgotten. */
  set(due: Due, ms: number): void {
    this.#wheel.add(due, performance.now() + ms);
    this.#settle();
  }

  cancel(due: Due): void {
    this.#wheel.remove(due);
    this.#settle();
  }

  /** Sees to it that the wheel turns in time. One turn too many does no harm, and is cheaper than to set a timer anew. */
  #settle(): void {
    if (this.#isTurning) return;
    const next = this.#wheel.next();
    if (next !== undefined && next >= this.#turnsAt) return;
    clearTimeout(this.#machine);
    this.#turnsAt = next ?? Number.POSITIVE_INFINITY;
    if (next === undefined) return;
    const ms = Math.ceil(next - performance.now());
    this.#machine = setTimeout(this.#turn, Math.min(Math.max(ms, 1), longestMs));
  }

  readonly #turn = (): void => {
    this.#isTurning = true;
    this.#until = Math.floor(performance.now());
    this.#ringNext();
  };

  readonly #ringNext = (): void => {
    const due = this.#wheel.take(this.#until);
    if (due) {
      try {
        due.ring();
      } finally {
        queueMicrotask(this.#afterPromises);
      }
      return;
    }
    this.#isTurning = false;
    this.#turnsAt = Number.POSITIVE_INFINITY;
    this.#settle();
  };

  /** A tick that is asked for among promises comes when none of them can go on. */
  readonly #afterPromises = (): void => process.nextTick(this.#ringNext);
}

export const timers = new Timers();
