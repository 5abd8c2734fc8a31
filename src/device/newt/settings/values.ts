import type { Setting } from "./setting.js";
import { type SettingName, type SiteSettings, settings } from "./table.js";

/** Values for some of the settings, such as those of flags and environment, which win over the config file's. */
export type SiteOverrides = Partial<SiteSettings>;

/** The settings with their names, in the table's order. */
export function eachSetting(): [SettingName, Setting<unknown>][];
export function eachSetting(): [string, unknown][] {
  return Object.entries(settings);
}

/** What `said` says for each setting; where it gives nothing there is none. */
export function gather(said: <T>(setting: Setting<T>, name: SettingName) => T): SiteSettings;
export function gather(said: <T>(setting: Setting<T>, name: SettingName) => T | undefined): SiteOverrides;
export function gather(said: (setting: Setting<unknown>, name: SettingName) => unknown): object {
  const entries = eachSetting().map(([name, setting]) => [name, said(setting, name)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What holds where nothing is said. */
export const defaults: SiteSettings = gather((setting) => setting.default);
