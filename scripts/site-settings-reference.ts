import { eachSetting, type Setting } from "../src/device/newt/settings/index.js";

const columns = ["key", "type", "variable", "flag", "default", "meaning"] as const;

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function shownDefault(value: unknown): string {
  if (value === "" || (Array.isArray(value) && value.length === 0)) return "";
  return code(String(value));
}

function row(name: string, setting: Setting<unknown>): string {
  const variables = (setting.env ?? []).map(code).join(", ");
  const flag = setting.flag === undefined ? "" : code(`--${setting.flag}`);
  const key = setting.notInFile ? "" : code(name);
  const cells = [key, setting.kind.name, variables, flag, shownDefault(setting.default), setting.meaning];
  return `| ${cells.map(cell).join(" | ")} |`;
}

function table(rows: readonly [string, Setting<unknown>][]): string {
  const head = [`| ${columns.join(" | ")} |`, `|${" --- |".repeat(columns.length)}`];
  return [...head, ...rows.map(([name, setting]) => row(name, setting))].join("\n");
}

/** The page of a site's settings: all of newt's, as the program knows them. */
export function siteSettingsReference(): string {
  const all = eachSetting();
  const heeded = all.filter(([, { group }]) => group !== "accepted");
  const accepted = all.filter(([, { group }]) => group === "accepted");
  return `# Settings of a site

What \`firstboot site\` reads: newt's keys of the JSON config file, variables and flags. A flag wins over a variable, a variable over the
file, the file over the default; [agents](agents.md#firstboot-site) tells the rest. This page is made by \`npm run reference\`.

${table(heeded)}

## Taken, and without effect

These are newt's too. Files and scripts that set them work; one line at the start names those that are set.

${table(accepted)}
`;
}
