import { posix, win32 } from "node:path";
import { FirstbootError } from "../../../error.js";
import type { Env } from "../../../world/world.js";

export interface ConfigPath {
  readonly path: string;
  /** It is where the operating system has it, and nobody named it. */
  readonly isDefault: boolean;
}

/** Where the config file is: flag > `CONFIG_FILE` > the system's place (PROTOCOLS A2). Throws FB1005 where there is none. */
export function configPath(flag: string | undefined, env: Env, platform: string): ConfigPath {
  const named = flag || env.CONFIG_FILE;
  return named ? { path: named, isDefault: false } : { path: systemPath(env, platform), isDefault: true };
}

function systemPath(env: Env, platform: string): string {
  if (platform === "win32") return win32.join(base(env, "PROGRAMDATA"), "newt", "newt-client", "config.json");
  const below = platform === "darwin" ? ["Library", "Application Support"] : [".config"];
  return posix.join(base(env, "HOME"), ...below, "newt-client", "config.json");
}

function base(env: Env, variable: string): string {
  const value = env[variable];
  if (value) return value;
  throw new FirstbootError("FB1005", {
    what: "no config file is named",
    why: `and ${variable}, below which it would be, is not set`,
    fix: "give --config-file",
  });
}
