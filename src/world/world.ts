import type { Clock } from "./clock.js";
import type { Disk } from "./disk.js";
import type { Log } from "./log.js";
import type { Network } from "./network.js";
import type { Process } from "./process.js";
import type { Random } from "./random.js";

/** Variables of a process's environment. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * All that a piece of firstboot may know of the outside: one World for each host. Code that takes a World never
 * touches time, chance, disk or sockets by other ways, so that the same class serves one real box, a load generator
 * and deterministic simulation.
 */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly env: Env;
  readonly log: Log;
  readonly process: Process;
}
