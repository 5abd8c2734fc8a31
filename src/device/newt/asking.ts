import type { NewtType } from "../../protocol/newt/index.js";
import type { Alarm, Bell } from "../../world/clock.js";
import type { World } from "../../world/world.js";

/** What is asked until there is an answer, or it has been asked often enough (PROTOCOLS A12). */
export interface Question {
  readonly type: NewtType;
  readonly everyMs: number;
  readonly times: number;
}

/** Puts a question to the server. */
export interface Asker {
  ask(question: Question, chainId: string): void;
}

/** What an answer must say to be one to a question that was asked now. */
export function makeChainId({ random }: World): string {
  return random.bytes(8).toString("hex");
}

/** A question under way. It knows its answer by the chain id, also once it is no longer repeated. */
export class Asking implements Bell {
  readonly #chainId: string;
  readonly #alarm: Alarm;
  #left: number;
  #hushed = false;

  constructor(
    world: World,
    private readonly question: Question,
    private readonly asker: Asker,
  ) {
    this.#chainId = makeChainId(world);
    this.#alarm = world.clock.alarm(this);
    this.#left = question.times;
  }

  /** Asks, and sees to it that it is asked again. */
  ring(): void {
    this.#left -= 1;
    if (this.#left > 0) this.#alarm.set(this.question.everyMs);
    this.asker.ask(this.question, this.#chainId);
  }

  /** Repeats it no more. */
  hush(): void {
    this.#hushed = true;
    this.#alarm.cancel();
  }

  /** Asks once more if it was asked in vain as often as it is. */
  askAgain(): void {
    if (this.#left <= 0 && !this.#hushed) this.asker.ask(this.question, this.#chainId);
  }

  isAnsweredBy(chainId: string): boolean {
    return chainId === this.#chainId;
  }
}

/**
 * Whether an answer is to be taken: one that names a chain is for the question with that chain alone, and for none once
 * that was answered; one that names none is always taken (PROTOCOLS A12).
 */
export function isTaken(chainId: string | undefined, pending: Asking | undefined): boolean {
  return !chainId || (pending?.isAnsweredBy(chainId) ?? false);
}
