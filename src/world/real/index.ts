import type { Log } from "../log.js";
import { silentLog } from "../log.js";
import { Process } from "../process.js";
import type { Random } from "../random.js";
import type { Env, World } from "../world.js";
import { realClock } from "./clock.js";
import { realDisk } from "./disk.js";
import { type RealNetworkOptions, realNetwork } from "./network.js";
import { systemRandom } from "./random.js";

export interface RealWorldOptions extends RealNetworkOptions {
  /** Name of the process, for logs and reports. */
  readonly name?: string;
  /** Where relative paths start; the working directory if absent. */
  readonly root?: string;
  readonly env?: Env;
  readonly log?: Log;
  readonly random?: Random;
}

/** The machine itself, for one process. */
export function realWorld(options: RealWorldOptions = {}): World {
  const process = new Process(options.name ?? "firstboot");
  return {
    process,
    clock: realClock(process),
    random: options.random ?? systemRandom,
    disk: realDisk(process, options.root ?? "."),
    network: realNetwork(process, options),
    env: options.env ?? {},
    log: options.log ?? silentLog,
  };
}
