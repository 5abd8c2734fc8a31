import { below, seededRandom } from "../world/random.js";
import type { Stroke } from "../world/virtual/index.js";

/** A call of a host's World that its process waits for. */
export interface AwaitedCall {
  /** Its place among the host's calls, from 1. */
  readonly call: number;
  /** For example `renames newt.json.new to newt.json`, `request` or `step`. */
  readonly what: string;
  /** Milliseconds of virtual time. */
  readonly at: number;
}

/** Where a host is struck down. */
export interface CrashPoint extends AwaitedCall {
  /** Whether it dies before the call has any effect, or after, without having heard of it. */
  readonly fate: "before" | "after";
  readonly stroke: Stroke;
  /** It is struck a second time so many calls later. */
  readonly again?: number;
}

const fates = ["before", "after"] as const;
/** A second stroke comes within so many calls, which is while the next life begins. */
const soon = 16;

/** Every way to be struck at these calls. With a seed, each is struck once more soon after. */
export function crashPoints(
  calls: readonly AwaitedCall[],
  strokes: readonly Stroke[],
  seedOfSecond?: string,
): readonly CrashPoint[] {
  return calls.flatMap((call) =>
    fates.flatMap((fate) =>
      strokes.map((stroke) => {
        const point = { ...call, fate, stroke };
        if (seedOfSecond === undefined) return point;
        const random = seededRandom(`${seedOfSecond}/${call.call}/${fate}/${stroke}`);
        return { ...point, again: 1 + below(random, soon) };
      }),
    ),
  );
}

/** A point in words: `died after "request" (call 17 at 0.034 s, power loss)`. */
export function describePoint({ fate, what, call, at, stroke, again }: CrashPoint): string {
  const second = again === undefined ? "" : `, and again after ${again} more`;
  return `died ${fate} "${what}" (call ${call} at ${(at / 1_000).toFixed(3)} s, ${stroke}${second})`;
}
