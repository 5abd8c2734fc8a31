import type { Log } from "../log.js";
import { silentLog } from "../log.js";
import { Process } from "../process.js";
import type { Random } from "../random.js";
import type { Env, World } from "../world.js";
import { RealClock } from "./clock.js";
import { RealDisk } from "./disk.js";
import { RealNetwork, type RealNetworkOptions } from "./network.js";
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

const noEnv: Env = {};

/** The machine itself, for one process. */
export function realWorld(options: RealWorldOptions = {}): World {
  const process = new Process(options.name ?? "firstboot");
  return {
    process,
    clock: new RealClock(process),
    random: options.random ?? systemRandom,
    disk: new RealDisk(process, options.root ?? "."),
    network: new RealNetwork(process, options),
    env: options.env ?? noEnv,
    log: options.log ?? silentLog,
  };
}
