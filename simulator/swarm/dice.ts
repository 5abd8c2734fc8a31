import { below, pick, type Random } from "../../src/world/random.js";

/** Chance as a swarm asks for it. */
export class Dice {
  constructor(private readonly random: Random) {}

  chance(share: number): boolean {
    return this.random.float() < share;
  }

  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + below(this.random, most - least + 1);
  }

  pick<T>(items: readonly T[]): T {
    return pick(this.random, items);
  }

  /** A number between the two; above 1, `bias` draws it towards the least. */
  between(least: number, most: number, bias = 1): number {
    return least + (most - least) * this.random.float() ** bias;
  }

  /** A length of time as a scenario writes it, of at least a millisecond. */
  time(leastMs: number, mostMs: number, bias = 1): { readonly ms: number; readonly text: string } {
    const ms = Math.max(1, Math.round(this.between(leastMs, mostMs, bias)));
    return { ms, text: `${ms}ms` };
  }
}
