import type { Finding } from "./finding.js";

/** Findings of each level that are told of one document: whoever sends it pays for no more of our time and memory. */
export const mostFindings = 1_000;

/** What was found in a document so far. */
export class Findings {
  readonly #told: Finding[] = [];
  readonly #counts = { error: 0, strict: 0, warning: 0 };

  /** In the order in which they were added; of a level that has too many, the last one says so. */
  get told(): readonly Finding[] {
    return this.#told;
  }

  add(found: readonly Finding[]): void {
    for (const finding of found) {
      const { level, path } = finding;
      const count = ++this.#counts[level];
      if (count <= mostFindings) this.#told.push(finding);
      if (count === mostFindings + 1) this.#told.push({ level, path: path.slice(0, 2), message: moreOf[level] });
    }
  }

  /** Whether more of this level is not told, so that nobody need look for it. */
  isFull(level: Finding["level"]): boolean {
    return this.#counts[level] > mostFindings;
  }
}

const moreOf: Readonly<Record<Finding["level"], string>> = {
  error: `from here on there are more errors than the ${mostFindings} that are told`,
  strict: `from here on a Pangolin server refuses more than the ${mostFindings} places that are told`,
  warning: `from here on there are more warnings than the ${mostFindings} that are told`,
};
