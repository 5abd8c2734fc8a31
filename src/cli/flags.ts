import { type Command, Option } from "commander";
import { type Kind, parserOf } from "./kinds.js";
import { isOff, option } from "./settings.js";

/** The variable's name of a flag without its prefix: `MAX_USAGE` of `--max-usage <number>`. */
function variableOf(flags: string): string {
  return flags
    .replace(/^--(?:no-)?/, "")
    .replace(/ .*$/, "")
    .replaceAll("-", "_")
    .toUpperCase();
}

/** A switch. */
export function flag(name: string, description: string): Option {
  return option(name, description, variableOf(name));
}

/** A flag with a value of a kind. */
export function valued<T>(flags: string, description: string, kind: Kind<T>): Option {
  const made = flag(flags, description);
  return made.argParser(parserOf(made.long ?? flags, kind));
}

/** A flag that may be given several times or hold several values between commas; an empty one stands for none. */
export function repeated<T>(flags: string, description: string, kind: Kind<T>): Option {
  const made = flag(flags, `${description}; several times or with commas`);
  const parse = parserOf(made.long ?? flags, kind);
  return made.argParser((text: string, before: readonly T[] | undefined) => [
    ...(before ?? []),
    ...text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(parse),
  ]);
}

/** A pair of switches, `--x` and `--no-x`; their one variable says yes or no. */
export function toggle(name: string, meaning: string, opposite: string): Option[] {
  const variable = `FIRSTBOOT_${variableOf(name)}`;
  const given = process.env[variable];
  const [yes, no] = [new Option(`--${name}`, meaning), new Option(`--no-${name}`, opposite)];
  if (given === "") return [yes, no];
  if (!isOff(given)) yes.env(variable);
  if (given === undefined || isOff(given)) no.env(variable);
  return [yes, no];
}

/** Adds options in their order. */
export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const one of options) command.addOption(one);
  return command;
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** An object without what is undefined: what flags left unsaid. */
export function given<T extends object>(values: T): Given<T>;
export function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
