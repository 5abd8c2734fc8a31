import { lstat, mkdir, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Observer } from "../../device/event.js";
import { Host } from "../../device/host.js";
import { ConfigFile } from "../../device/newt/config-file.js";
import {
  type ConfigPath,
  configPath,
  effective,
  fromEnvironment,
  type Layers,
  layered,
  type SiteOverrides,
  type SiteSettings,
} from "../../device/newt/settings/index.js";
import type { Persona } from "../../device/persona.js";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import { realWorld } from "../../world/real/index.js";

/** How a site is to run. */
export interface SiteConfiguration {
  readonly configFile: string;
  readonly layers: Layers;
  readonly values: SiteSettings;
  /** What wins over the file. */
  readonly overrides: SiteOverrides;
}

export interface SiteSources {
  /** Of `--config-file`. */
  readonly configFile: string | undefined;
  readonly cli: SiteOverrides;
  readonly persona: Persona;
  /** Hears what there is to say of the file. */
  readonly onEvent: Observer;
}

/** Reads flags, environment and file. Throws FB1002 and FB1005. */
export async function readConfiguration({
  configFile,
  cli,
  persona,
  onEvent,
}: SiteSources): Promise<SiteConfiguration> {
  const named = configPath(configFile, process.env, process.platform);
  const environment = fromEnvironment(process.env);
  await checkDirectory(named);
  const path = await behindLinks(named.path);
  const host = new Host(realWorld({ name: "settings" }), persona, onEvent);
  const file = await new ConfigFile(host, path, undefined).read();
  const overrides = layered(environment, cli);
  return { configFile: path, layers: { cli, environment, file }, values: effective(file, overrides), overrides };
}

/** The system's own directory is made where it is missing, one that a person has named is not (PROTOCOLS A2). */
async function checkDirectory({ path, isDefault }: ConfigPath): Promise<void> {
  const directory = dirname(path);
  try {
    if (isDefault) await mkdir(directory, { recursive: true, mode: 0o755 });
    else if (!(await stat(directory)).isDirectory()) throw missing(path, `${directory} is no directory`);
  } catch (error) {
    if (systemCode(error) === undefined || error instanceof FirstbootError) throw error;
    throw missing(path, systemCode(error) === "ENOENT" ? `${directory} does not exist` : reasonOf(error));
  }
}

/** Links on the way to a file that is or is to be. */
const mostLinks = 40;

/** The file that a path leads to: it is replaced as a whole, which would put a file in the place of a link. */
async function behindLinks(path: string, links = 0): Promise<string> {
  try {
    if (!(await lstat(path)).isSymbolicLink()) return path;
    if (links === mostLinks) throw missing(path, "its links lead in a circle");
    return await behindLinks(resolve(await realpath(dirname(path)), await readlink(path)), links + 1);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return path;
    if (systemCode(error) === undefined || error instanceof FirstbootError) throw error;
    throw missing(path, reasonOf(error));
  }
}

function missing(path: string, why: string): FirstbootError {
  return new FirstbootError("FB1002", {
    what: `the config file cannot be at ${path}`,
    why,
    fix: "make the directory, or name another file with --config-file",
  });
}
