import { reasonOf, systemCode } from "../error.js";
import { codePattern, deviceKeyPattern, keyPattern } from "../provisioning/credentials.js";
import { NetworkError, UpgradeRefused } from "../world/network.js";
import { retryAfterMs } from "../world/retry-after.js";
import type { FailureKind, Step, StopReason } from "./event.js";

/** A step that did not work and may be tried again. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
  constructor(
    readonly step: Step,
    readonly kind: FailureKind,
    readonly detail: string,
    readonly status?: number,
    readonly retryAfterMs?: number,
  ) {
    super(`${step}: ${detail}`);
  }
}

/** What a failure of the disk means; anything else is not ours to judge and comes back as it is. */
export function diskFailure(error: unknown): unknown {
  return systemCode(error) === undefined ? error : new StepFailed("persist", "disk", tidy(reasonOf(error)));
}

/** Unwinds a device's life to its end. */
export class Ended extends Error {
  override readonly name = "Ended";
  constructor(readonly reason: StopReason) {
    super(reason.kind);
  }
}

/** Unwinds a device's life to its boot, where it begins again. */
export class Again extends Error {
  override readonly name = "Again";
}

/** Text of others, fit for a log line: no keys and codes, no control characters, no novels. */
export function tidy(text: string): string {
  return text
    .replace(keyPattern, "spk-****")
    .replace(deviceKeyPattern, "efk_****")
    .replace(codePattern, "PROV-****")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 300);
}

/** Client errors that time heals. */
const passing: ReadonlySet<number> = new Set([408, 421, 425, 429]);

/**
 * Whether an answer refuses for good: a client error that time does not heal, and in the server's own words. A bare 404
 * or 403 may come from a proxy whose server is being replaced.
 */
export function refusesForGood(status: number, said: string | undefined): said is string {
  return said !== undefined && status >= 400 && status < 500 && !passing.has(status);
}

/** What a failed request or dial means for its step; anything else is not ours to judge and comes back as it is. */
export function networkFailure(step: Step, error: unknown, now: number): unknown {
  if (error instanceof UpgradeRefused) {
    return new StepFailed(step, "status", error.message, error.status, retryAfterMs(error.retryAfter, now));
  }
  if (error instanceof NetworkError) return new StepFailed(step, error.kind, tidy(reasonOf(error)));
  return error;
}
