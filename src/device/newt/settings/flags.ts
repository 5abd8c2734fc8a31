import { FirstbootError } from "../../../error.js";
import { boolean } from "./kinds.js";
import type { Setting } from "./setting.js";
import { gather, type SiteOverrides } from "./values.js";

/**
 * How a flag takes its value: `valued` always, `switch` after `=` or none at all; a `bare` one is there or not, as our own
 * switches are.
 */
export type FlagForm = "valued" | "switch" | "bare";

export function formOf({ kind, flagNeedsValue }: Setting<unknown>): FlagForm {
  return kind.name === "boolean" && !flagNeedsValue ? "switch" : "valued";
}

/** A flag with one dash or two, its name of two letters at least, and what stands after `=`. */
const written = /^--?([^-=][^=]+)(?:=(.*))?$/s;

/**
 * Arguments as Go programs take them (`-flag` or `--flag`, a value after `=` or as the next argument) in one form:
 * `--flag=value`, or `--flag` if it is bare. A flag that is not known loses its value, which may be a secret.
 */
export function canonicalArguments(args: readonly string[], forms: ReadonlyMap<string, FlagForm>): string[] {
  const canonical: string[] = [];
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    if (arg === "--") return [...canonical, arg, ...left];
    const [, name, value] = written.exec(arg) ?? [];
    if (name === undefined) canonical.push(arg);
    else canonical.push(...inOneForm(name, value, forms.get(name), left));
  }
  return canonical;
}

/** A flag in its one form; the value of one that has none yet is taken from what is left. */
function inOneForm(name: string, value: string | undefined, form: FlagForm | undefined, left: string[]): string[] {
  const flag = `--${name}`;
  if (form === "bare") return value === undefined || boolean.fromFlag(value) ? [flag] : [];
  if (form === undefined) return [flag];
  const given = value ?? (form === "switch" ? "true" : left.shift());
  return [given === undefined ? flag : `${flag}=${given}`];
}

/** What flags say: texts by flag, in the order in which they were given. The last counts, lists add up. Throws FB1001. */
export function fromFlags(given: ReadonlyMap<string, readonly string[]>): SiteOverrides {
  return gather((setting) => {
    const texts = given.get(setting.flag ?? "");
    if (texts === undefined) return undefined;
    return texts.map((text) => read(setting, text)).reduce(setting.kind.join);
  });
}

function read<T>({ flag, kind }: Setting<T>, text: string): T {
  const value = kind.fromFlag(text);
  if (value !== undefined) return value;
  throw new FirstbootError("FB1001", { what: `--${flag} is "${text}"`, why: `it takes ${kind.takes}` });
}
