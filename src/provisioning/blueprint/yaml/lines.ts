import type { Place } from "../finding.js";

/** Lines and columns of a text's offsets, both from 1; a byte order mark has no column. */
export class Lines {
  readonly #starts: number[];

  constructor(text: string) {
    this.#starts = [text.startsWith("\uFEFF") ? 1 : 0];
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  placeOf(offset: number): Place {
    const line = lastAtMost(this.#starts, offset);
    return { line: line + 1, column: Math.max(0, offset - (this.#starts[line] ?? 0)) + 1 };
  }
}

/** The index of the last number that is not above a limit, in a list that goes up; 0 if all are. */
export function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
