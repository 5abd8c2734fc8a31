import { reasonOf } from "../error.js";
import { type CrashPoint, describePoint } from "./crash-point.js";

/** A crash that was not survived as it should be. */
export interface CrashFailure {
  readonly point: CrashPoint;
  /** What the judge or the flow threw; FB9003 where the flow did not come to its end. */
  readonly error: unknown;
}

/** How many failures the message tells. */
const told = 20;

/** Some crashes had consequences. The message tells where; `cause` is what the first of them threw. */
export class CrashWalkFailed extends Error {
  override readonly name = "CrashWalkFailed";

  constructor(
    readonly failures: readonly CrashFailure[],
    visited: number,
  ) {
    const lines = failures.slice(0, told).map(({ point, error }) => `${describePoint(point)}: ${reasonOf(error)}`);
    const more = failures.length > told ? [`… and ${failures.length - told} more`] : [];
    super([`${failures.length} of ${visited} crashes were not survived`, ...lines, ...more].join("\n"), {
      cause: failures[0]?.error,
    });
  }
}
