import { z } from "zod";

/** What the value of a setting may be, in the config file and as text. */
export interface SettingKind<T> {
  readonly name: "text" | "integer" | "duration" | "boolean" | "list";
  /** What it takes, in words. */
  readonly takes: string;
  /** Its JSON in the config file. */
  readonly json: z.ZodType<T>;
  /** From a flag, or from an item of a list; undefined: it is none. */
  readonly fromFlag: (text: string) => T | undefined;
  /** From a variable that is not empty; undefined: it is none. */
  readonly fromVariable: (text: string) => T | undefined;
  /** What two say of one setting, the stronger one last. */
  readonly join: (weaker: T, stronger: T) => T;
}

function stronger<T>(_: T, value: T): T {
  return value;
}

export const text: SettingKind<string> = {
  name: "text",
  takes: "a text",
  json: z.string({ error: "it takes a text" }),
  fromFlag: (given) => given,
  fromVariable: (given) => given,
  join: stronger,
};

function wholeNumber(given: string): number | undefined {
  const value = Number(given);
  return /^[+-]?\d+$/.test(given) && Number.isSafeInteger(value) ? value : undefined;
}

export const integer: SettingKind<number> = {
  name: "integer",
  takes: "a whole number",
  json: z.int({ error: "it takes a whole number, without quotes" }),
  fromFlag: wholeNumber,
  fromVariable: wholeNumber,
  join: stronger,
};

/** As Go writes durations: `90s`, `1h15m30.5s`, `-1.5h`, `0`. */
const goDuration = /^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const durationTakes = "a duration such as 15s, 500ms or 1m30s";

function durationText(given: string): string | undefined {
  return goDuration.test(given) ? given : undefined;
}

/** Kept as it is written; an empty text in the file stands for none. */
export const duration: SettingKind<string> = {
  name: "duration",
  takes: durationTakes,
  json: z.string({ error: `it takes ${durationTakes}` }).refine((given) => given === "" || goDuration.test(given), {
    error: `it takes ${durationTakes}`,
  }),
  fromFlag: durationText,
  fromVariable: durationText,
  join: stronger,
};

const goBooleans: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word): [string, boolean] => [word, true]),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word): [string, boolean] => [word, false]),
]);

/** A variable is true for the exact text `true` alone (PROTOCOLS A2). */
export const boolean: SettingKind<boolean> = {
  name: "boolean",
  takes: "true or false",
  json: z.boolean({ error: "it takes true or false, without quotes" }),
  fromFlag: (given) => goBooleans.get(given),
  fromVariable: (given) => given === "true",
  join: stronger,
};

/** A boolean whose variable may be any that Go knows; `otherwise` stands for what is none (PROTOCOLS A2). */
export function goBoolean(otherwise: boolean): SettingKind<boolean> {
  return { ...boolean, fromVariable: (given) => goBooleans.get(given) ?? otherwise };
}

const listTakes = 'it takes a list of texts such as ["a","b"]';

/** A flag gives one item, and may be given again; a variable gives several between commas. */
export const list: SettingKind<readonly string[]> = {
  name: "list",
  takes: "a list of texts",
  json: z.array(z.string({ error: listTakes }), { error: listTakes }),
  fromFlag: (given) => [given],
  fromVariable: (given) =>
    given
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  join: (weaker, stronger) => [...weaker, ...stronger],
};
