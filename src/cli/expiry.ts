import type { Option } from "commander";
import { valued } from "./flags.js";
import { lifetime, time } from "./kinds.js";

/** When something ends, as flags say it. */
export interface ExpiryFlags {
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly expiresAt?: string;
}

/** The flags that say when something ends. */
export function expiryOptions(): Option[] {
  return [
    valued("--expires-in <duration>", "how long it is good for, such as 7d", lifetime),
    valued("--expires-at <time>", "when it ends, such as 2030-01-31T12:00:00Z", time).conflicts("expiresIn"),
  ];
}

/** The time that the flags say; undefined if they say none. */
export function expiryOf({ expiresIn, expiresAt }: ExpiryFlags): string | undefined {
  return expiresIn === undefined ? expiresAt : new Date(Date.now() + expiresIn * 1_000).toISOString();
}
