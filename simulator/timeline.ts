/** What a run counts over time. `online` counts goings as -1: its sum up to a moment is how many were online. */
export const seriesNames = ["arrivals", "enrolled", "restarted", "online", "heartbeats", "failures"] as const;
export type SeriesName = (typeof seriesNames)[number];

const finestMs = 50;
const mostBuckets = 400;

/** Counts in equal buckets of time. Bounded: when a run outgrows its buckets they are joined two by two. */
export class Timeline {
  #widthMs = finestMs;
  #length = 0;
  readonly #series = new Map<SeriesName, number[]>(seriesNames.map((name) => [name, []]));

  /** Counts something at a moment in milliseconds since the start. */
  add(name: SeriesName, at: number, amount = 1): void {
    while (at >= this.#widthMs * mostBuckets) this.#widen();
    const bucket = Math.max(0, Math.floor(at / this.#widthMs));
    this.#length = Math.max(this.#length, bucket + 1);
    const buckets = this.#series.get(name);
    if (buckets) buckets[bucket] = (buckets[bucket] ?? 0) + amount;
  }

  /** Width of a bucket in milliseconds, and every series in as many buckets as the longest has. */
  read(): { readonly bucketMs: number; readonly series: Record<SeriesName, number[]> } {
    const of = (name: SeriesName): number[] =>
      Array.from({ length: this.#length }, (_, bucket) => this.#series.get(name)?.[bucket] ?? 0);
    return {
      bucketMs: this.#widthMs,
      series: {
        arrivals: of("arrivals"),
        enrolled: of("enrolled"),
        restarted: of("restarted"),
        online: of("online"),
        heartbeats: of("heartbeats"),
        failures: of("failures"),
      },
    };
  }

  #widen(): void {
    this.#widthMs *= 2;
    this.#length = Math.ceil(this.#length / 2);
    for (const [name, buckets] of this.#series) {
      const joined = Array.from(
        { length: Math.ceil(buckets.length / 2) },
        (_, index) => (buckets[2 * index] ?? 0) + (buckets[2 * index + 1] ?? 0),
      );
      this.#series.set(name, joined);
    }
  }
}
