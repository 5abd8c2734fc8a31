import { z } from "zod";
import { FirstbootError } from "../error.js";
import { AlertKind, alertKinds, Scope, scopes, Time } from "../protocol/integration/schema.js";
import { parseCidr } from "../provisioning/cidr.js";
import { parseDuration } from "../provisioning/duration.js";

/** What the value of a flag may be. */
export interface Kind<T> {
  /** What it takes, in words. */
  readonly takes: string;
  /** Undefined: it is none. */
  readonly read: (text: string) => T | undefined;
}

/** A parser for the value of a flag. Throws FB1001. */
export function parserOf<T>(flag: string, { takes, read }: Kind<T>): (text: string) => T {
  return (text) => {
    const value = read(text);
    if (value !== undefined) return value;
    throw new FirstbootError("FB1001", { what: `${flag} is "${text}"`, why: `it takes ${takes}` });
  };
}

const year = 365 * 86_400;

/** Whole seconds; a part of one counts as one. */
function secondsUpTo(years: number): Kind<number> {
  return {
    takes: `a duration such as 90s, 15m, 24h or 7d, up to ${years} years`,
    read: (text) => {
      const seconds = Math.ceil((parseDuration(text) ?? 0) / 1_000);
      return seconds > 0 && seconds <= years * year ? seconds : undefined;
    },
  };
}

/** How long something is good for. */
export const lifetime = secondsUpTo(100);

/** How long something is waited for. */
export const patience = secondsUpTo(10);

export const time: Kind<string> = {
  takes: "a time with its zone, such as 2030-01-31T12:00:00Z",
  read: (text) => Time.safeParse(text).data,
};

export const network: Kind<string> = {
  takes: "an address or a network such as 10.0.0.0/8",
  read: (text) => parseCidr(text)?.text,
};

export const text: Kind<string> = { takes: "a text that is not empty", read: (given) => given || undefined };

export const scope: Kind<Scope> = {
  takes: `one of ${scopes.join(", ")}`,
  read: (given) => Scope.safeParse(given).data,
};

export const alertKind: Kind<AlertKind> = {
  takes: `one of ${alertKinds.join(", ")}`,
  read: (given) => AlertKind.safeParse(given).data,
};

const JsonObject = z
  .string()
  .transform((given, context): unknown => {
    try {
      return JSON.parse(given);
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.unknown()));

export const jsonObject: Kind<Record<string, unknown>> = {
  takes: 'a JSON object such as {"lines":10}',
  read: (given) => JsonObject.safeParse(given).data,
};

export function count(least: number, most: number): Kind<number> {
  return {
    takes: `a whole number from ${least} to ${most}`,
    read: (given) =>
      /^\d+$/.test(given) && Number(given) >= least && Number(given) <= most ? Number(given) : undefined,
  };
}

/** A kind that also takes a word, which lifts a limit. */
export function or<T, W extends string>(word: W, { takes, read }: Kind<T>): Kind<T | W> {
  return { takes: `${takes}, or ${word || "nothing"}`, read: (given) => (given === word ? word : read(given)) };
}
