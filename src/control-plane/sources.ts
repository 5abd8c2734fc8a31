import { sourceOf } from "../world/source.js";

/** Sources remembered at a time; who comes from more addresses than that gains nothing by their failures being counted. */
const mostSources = 10_000;

/** What is known of each source of requests; beyond a bound the one is forgotten that was noted longest ago. */
export class Sources<T> {
  readonly #known = new Map<string, T>();

  constructor(private readonly most = mostSources) {}

  get size(): number {
    return this.#known.size;
  }

  get(address: string): T | undefined {
    return this.#known.get(sourceOf(address));
  }

  set(address: string, value: T): void {
    const source = sourceOf(address);
    this.#known.delete(source);
    this.#known.set(source, value);
    if (this.#known.size <= this.most) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
