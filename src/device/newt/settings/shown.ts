import { effective, type Layers, layered, type Source, sourceOf } from "./layers.js";
import type { SettingName } from "./table.js";
import { eachSetting } from "./values.js";

/** A secret that may be shown: its ends, if enough is between them. */
export function masked(secret: string): string {
  if (secret === "") return "";
  return secret.length > 8 ? `${secret.slice(0, 4)}****${secret.slice(-4)}` : "****";
}

/** A setting for people to look at. */
export interface ShownSetting {
  readonly name: SettingName;
  readonly value: unknown;
  readonly source: Source;
}

/** Every setting with its source, secrets masked. */
export function shownSettings(layers: Layers): ShownSetting[] {
  const values = effective(layers.file, layered(layers.environment, layers.cli));
  return eachSetting().map(([name, { secret }]) => {
    const value = values[name];
    return { name, value: secret && typeof value === "string" ? masked(value) : value, source: sourceOf(name, layers) };
  });
}

/** What was set that this agent takes without doing anything about it: ways to say it, with where it was said. */
export function withoutEffect(layers: Layers): string[] {
  return eachSetting()
    .filter(([name, { group }]) => group === "accepted" && sourceOf(name, layers) !== "default")
    .map(([name]) => `${name} (${sourceOf(name, layers)})`);
}
