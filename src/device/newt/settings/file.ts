import { z } from "zod";
import type { SettingName, SiteSettings } from "./table.js";
import { eachSetting } from "./values.js";

type SiteFileShape = { [Name in SettingName]: z.ZodExactOptional<z.ZodType<SiteSettings[Name]>> };

function shape(): SiteFileShape;
function shape(): object {
  const inFile = eachSetting().filter(([, { notInFile }]) => !notInFile);
  return Object.fromEntries(inFile.map(([name, { kind }]) => [name, kind.json.exactOptional()]));
}

/** What newt's config file says of the settings; any other key may stand beside them (PROTOCOLS A2). */
export const SiteFile = z.object(shape()).readonly();
export type SiteFile = z.infer<typeof SiteFile>;

const names: ReadonlyMap<string, string> = new Map(eachSetting().map(([name]) => [name.toLowerCase(), name]));

/** The setting that a key of the file means, in whatever case it is written (PROTOCOLS A2); undefined if it is none. */
export function settingOfKey(key: string): string | undefined {
  return names.get(key.toLowerCase());
}

/**
 * The settings of a file's object under their own names: one that is written exactly so wins over other cases of it, and
 * null says nothing.
 */
export function recognised(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const name = settingOfKey(key);
    if (name !== undefined && value !== null && (key === name || !(name in raw))) found[name] = value;
  }
  return found;
}
