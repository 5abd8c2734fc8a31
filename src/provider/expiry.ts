import { parseDuration } from "../provisioning/duration.js";
import type { Diagnostic, Unknown } from "../terraform/index.js";

/** How a configuration says when something ends; at most one of the two. */
export interface Expiry {
  /** ISO 8601. */
  readonly expires_at: string | null;
  /** A duration from creation, such as `7d`. */
  readonly expires_in: string | null;
}

/** Clocks of this machine and the server may differ so much, in milliseconds, before an expiry counts as another. */
const toleranceMs = 60_000;

/** The end that a configuration means for something created at `createdAt`, in ISO 8601; null: none. */
export function endOf({ expires_at, expires_in }: Expiry, createdAt: number): string | null {
  if (expires_in === null) return expires_at;
  return new Date(createdAt + (parseDuration(expires_in) ?? 0)).toISOString();
}

/** Whether two ends are the same but for the clocks' difference. */
export function sameEnd(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(Date.parse(a) - Date.parse(b)) <= toleranceMs;
}

/** The expiry as the server has it: in the configuration's own words where they mean the same, else as a time. */
export function currentExpiry({ expires_at, expires_in }: Expiry, createdAt: string, actual: string | null): Expiry {
  const meant = endOf({ expires_at, expires_in }, Date.parse(createdAt));
  return sameEnd(meant, actual) ? { expires_at, expires_in } : { expires_at: actual, expires_in: null };
}

/** A diagnostic if both attributes are written. */
export function checkExclusive(
  config: Readonly<Record<string, string | readonly string[] | number | boolean | null | Unknown>>,
  at: string,
  length: string,
): Diagnostic[] {
  if (config[at] === null || config[length] === null) return [];
  const detail = `Write "${at}" for a fixed moment or "${length}" for a time from creation, not both.`;
  return [{ severity: "error", summary: "Two ends", detail, path: [length] }];
}
