import { refusesForGood } from "../src/device/failure.js";
import type { History } from "./history.js";

/** What a server said when it refused a device for good. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** How a device was refused, if it was; also one whose persona does not heed it and ends as after any failure. */
export function refusalIn(history: History): Refusal | undefined {
  for (const { event } of history.of("stopped")) {
    const { reason: end } = event;
    if (end.kind !== "refused" && end.kind !== "failed") continue;
    const { status, reason } = end;
    if (status !== undefined && refusesForGood(status, reason)) return { status, reason };
  }
  return undefined;
}
