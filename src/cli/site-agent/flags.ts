import { type Command, Option } from "commander";
import {
  canonicalArguments,
  eachSetting,
  type FlagForm,
  formOf,
  fromFlags,
  type Setting,
  type SettingGroup,
  type SiteOverrides,
} from "../../device/newt/settings/index.js";

/** What help says above each group of newt's settings. */
const headings: Readonly<Record<SettingGroup, string>> = {
  site: "The site:",
  blueprints: "Blueprints:",
  "tunnel and health": "Tunnel and health checks:",
  tls: "TLS:",
  accepted: "Taken as newt takes them, without effect here:",
};

/** A flag of newt's with the texts that it is given. */
interface NewtFlag {
  readonly flag: string;
  readonly form: FlagForm;
  readonly group: SettingGroup;
  readonly option: Option;
}

function optionOf(flag: string, setting: Setting<unknown>): Option {
  const { kind, env = [], meaning, group, default: fallback } = setting;
  const value = formOf(setting) === "switch" ? "[bool]" : `<${kind.name}>`;
  const isSaid = fallback !== "" && fallback !== false && kind.name !== "list";
  const asides = [...(isSaid ? [`default: ${fallback}`] : []), ...(env.length > 0 ? [`env: ${env.join(", ")}`] : [])];
  return new Option(`--${flag} ${value}`, asides.length > 0 ? `${meaning} (${asides.join("; ")})` : meaning)
    .argParser((text: string, before: unknown) => [...(Array.isArray(before) ? before : []), text])
    .helpGroup(headings[group]);
}

/** Newt's flags, group by group. */
export function newtFlags(): NewtFlag[] {
  const flags = eachSetting().flatMap(([, setting]) => {
    const { flag, group } = setting;
    return flag === undefined ? [] : [{ flag, form: formOf(setting), group, option: optionOf(flag, setting) }];
  });
  const order = Object.keys(headings);
  return flags.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

/** What the flags of a parsed command say. Throws FB1001. */
export function settingsOf(command: Command, flags: readonly NewtFlag[]): SiteOverrides {
  const given = new Map<string, readonly string[]>();
  for (const { flag, option } of flags) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === "cli") given.set(flag, command.getOptionValue(name));
  }
  return fromFlags(given);
}

/** The arguments of a command in one form, whichever of Go's they have. */
export function inOneForm(command: Command, flags: readonly NewtFlag[], args: readonly string[]): string[] {
  const own = command.options.map(({ long, required }): [string, FlagForm] => [
    long?.slice(2) ?? "",
    required ? "valued" : "bare",
  ]);
  const newts = flags.map(({ flag, form }): [string, FlagForm] => [flag, form]);
  return canonicalArguments(args, new Map([["help", "bare"], ["version", "bare"], ...own, ...newts]));
}
