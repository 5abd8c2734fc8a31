import type { SettingKind } from "./kinds.js";

/** What a setting is about; help shows them so. */
export type SettingGroup = "site" | "blueprints" | "tunnel and health" | "tls" | "accepted";

/** One of newt's settings (PROTOCOLS A2). Its name is its key in the config file. */
export interface Setting<T> {
  readonly kind: SettingKind<T>;
  readonly default: T;
  /** Variables; the first that is not empty counts. */
  readonly env?: readonly string[];
  /** Flag without its dashes. */
  readonly flag?: string;
  /** One line. */
  readonly meaning: string;
  /** `accepted`: this agent takes it and does nothing about it. */
  readonly group: SettingGroup;
  /** Shown masked. */
  readonly secret?: true;
  /** Is no key of the config file. */
  readonly notInFile?: true;
  /** A boolean whose flag is never without its value. */
  readonly flagNeedsValue?: true;
}

/** Settings by their names. */
export type Settings = Readonly<
  Record<string, Setting<string> | Setting<number> | Setting<boolean> | Setting<readonly string[]>>
>;
