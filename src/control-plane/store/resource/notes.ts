/** What is said of a document while it is looked at against what is there: each thing once. */
export class Notes {
  readonly #problems = new Set<string>();
  readonly #warnings = new Set<string>();

  /** The document cannot be had. */
  problem(text: string): void {
    this.#problems.add(text);
  }

  /** It can, but not quite as it is written. */
  warning(text: string): void {
    this.#warnings.add(text);
  }

  get problems(): string[] {
    return [...this.#problems];
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }
}
