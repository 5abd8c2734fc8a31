/**
 * What became of a message that tells what to do: `whole`, all that there is was taken from it; `change`, one more
 * difference was; `lost`, it could not be done. Undefined: it was about something else.
 */
export type Deed = "whole" | "change" | "lost" | undefined;

/**
 * Which number a site tells with its heartbeats: by it a server finds out that the site has not what it is to have, and
 * sends `newt/sync` (PROTOCOLS A9, A10).
 *
 * As shipped it is that of the last message, whatever became of it, and 0 is not told. So a pong hides what the site has
 * missed, and an `error` forgets all (PROTOCOLS D2, 20).
 *
 * A careful site tells the number of what it has:
 *
 * - What brings the whole brings its number, 0 as well, and each difference that was taken brings its own.
 * - Nothing else does: not a pong, an answer, an `error`. A server that has moved on while the site was away, or starts to
 *   count anew, hears another number than its own with the first heartbeat of the next session, and sends the whole.
 * - Once a message could not be done, the number stays until the whole comes, so that it does come.
 * - A site that has just started has nothing. It takes the first number that it hears: whatever led there is in the
 *   `newt/wg/connect` that it is about to ask for, and a server that knows of a smaller number than its own says that one.
 */
export class ConfigNumber {
  #held: number | undefined;
  #astray = false;

  constructor(private readonly careful: boolean) {}

  /** What is told; undefined: nothing is. */
  get told(): number | undefined {
    return this.careful || this.#held !== 0 ? this.#held : undefined;
  }

  /** A message came with a number, and this became of it. */
  heard(number: number | undefined, deed: Deed): void {
    if (!this.careful) this.#held = number ?? 0;
    else if (deed === "lost") this.#goAstray();
    else if (deed === "whole") this.#take(number ?? 0);
    else if (this.#held === undefined || (deed === "change" && !this.#astray)) this.#held = number ?? this.#held;
  }

  /** The site has nothing any more. */
  forget(): void {
    this.#held = undefined;
    this.#astray = false;
  }

  #goAstray(): void {
    this.#held ??= 0;
    this.#astray = true;
  }

  #take(number: number): void {
    this.#held = number;
    this.#astray = false;
  }
}
