import { accepted } from "./accepted.js";
import type { SettingKind } from "./kinds.js";
import { ofSite } from "./of-site.js";
import { ofTls } from "./of-tls.js";
import { ofTunnel } from "./of-tunnel.js";

/**
 * Newt's settings, all of them (PROTOCOLS A2). The flags, the variables, the schema of the config file and the documentation
 * come from here.
 */
export const settings = { ...ofSite, ...ofTunnel, ...ofTls, ...accepted };

type Table = typeof settings;
export type SettingName = keyof Table;

/** A value for every setting. */
export type SiteSettings = {
  readonly [Name in SettingName]: Table[Name]["kind"] extends SettingKind<infer Value> ? Value : never;
};
