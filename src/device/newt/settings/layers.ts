import type { SettingName, SiteSettings } from "./table.js";
import { defaults, type SiteOverrides } from "./values.js";

/** Where a value comes from. */
export type Source = "default" | "file" | "environment" | "cli";

/** What each source says. Whatever one says, be it empty, wins over weaker ones (PROTOCOLS A2). */
export type Layers = { readonly [source in Exclude<Source, "default">]: SiteOverrides };

/** What holds where several speak, the strongest one last: certificate authorities add up. */
export function layered(weaker: SiteOverrides, stronger: SiteOverrides): SiteOverrides {
  const authorities = [...(weaker.tlsClientCa ?? []), ...(stronger.tlsClientCa ?? [])];
  return { ...weaker, ...stronger, ...(authorities.length > 0 && { tlsClientCa: authorities }) };
}

/**
 * Every setting: as the file says, unless flags or environment do. What nobody says is read through the prototype, which
 * thousands of sites share.
 */
export function effective(file: SiteOverrides, overrides: SiteOverrides): SiteSettings {
  return Object.assign(Object.create(defaults), layered(file, overrides));
}

/** The strongest source that says something of a setting. */
export function sourceOf(name: SettingName, { cli, environment, file }: Layers): Source {
  if (name in cli) return "cli";
  if (name in environment) return "environment";
  return name in file ? "file" : "default";
}
