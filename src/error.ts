/**
 * The one error class of firstboot. Every failure that a person can cause or mend is a `FirstbootError`:
 * a stable code with a heading in docs/errors.md, what happened, why, and what to do.
 */

/** Exit codes of every command (docs/errors.md). */
export const exitCodes = {
  done: 0,
  judgedFailed: 1,
  badInput: 2,
  unreachable: 3,
  refused: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Codes by the exit code they lead to; the numbers never change their meaning. */
export const exitOf = {
  FB1001: exitCodes.badInput, // wrong usage of a command
  FB1002: exitCodes.badInput, // a file that cannot be read or written
  FB1003: exitCodes.badInput, // a scenario that does not fit its schema
  FB1004: exitCodes.badInput, // an address or port that cannot be listened on
  FB1005: exitCodes.badInput, // a device configuration that does not fit
  FB1006: exitCodes.badInput, // a blueprint that does not fit
  FB1007: exitCodes.badInput, // artefacts or an identity that cannot be opened
  FB1008: exitCodes.badInput, // a request the control plane refuses as wrong
  FB1009: exitCodes.badInput, // a rollout declared wrongly (constructs)
  FB1010: exitCodes.badInput, // a data directory that cannot be served from
  FB3001: exitCodes.unreachable, // a server that cannot be reached
  FB3002: exitCodes.unreachable, // a program that is missing or failed
  FB3003: exitCodes.unreachable, // a server that answers with its own failure
  FB4001: exitCodes.refused, // a server that refuses a key, a code or credentials for good
  FB9001: exitCodes.judgedFailed, // a fault in firstboot itself
  FB9002: exitCodes.judgedFailed, // code in the virtual world that touched the real one
  FB9003: exitCodes.judgedFailed, // a virtual world that does not come to its end
} as const;

export type ErrorCode = keyof typeof exitOf;

export interface ErrorParts {
  /** What happened, one clause, no full stop. */
  readonly what: string;
  /** Why, as far as it is known. */
  readonly why?: string;
  /** What the reader can do about it. */
  readonly fix?: string;
  readonly cause?: unknown;
}

export class FirstbootError extends Error {
  override readonly name = "FirstbootError";
  readonly what: string;
  readonly why: string | undefined;
  readonly fix: string | undefined;

  constructor(
    readonly code: ErrorCode,
    parts: ErrorParts,
  ) {
    super([parts.what, parts.why, parts.fix].filter(Boolean).join("; "), { cause: parts.cause });
    this.what = parts.what;
    this.why = parts.why;
    this.fix = parts.fix;
  }

  /** The exit code a command ends with when it fails of this. */
  get exitCode(): ExitCode {
    return exitOf[this.code];
  }

  /** One line for stderr: `FB1002: what; why; what to do`. */
  get line(): string {
    return `${this.code}: ${this.message}`;
  }
}

/** The text of anything thrown, without a stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`, …), if it is one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
