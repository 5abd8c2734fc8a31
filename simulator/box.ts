import type { Log } from "../src/world/log.js";
import { realWorld } from "../src/world/real/index.js";
import type { Env, World } from "../src/world/world.js";

/** The machine of a device: what stays when a life of the device ends. */
export interface Box {
  /** The World of a new life; the root of its disk is the device's directory. */
  boot(log: Log): World;
  /** Ends the life with the power, and takes from the disk what was not safe yet. */
  cutPower(): void;
  /** When the next life begins after one that something else has ended, milliseconds. */
  returnsAfterMs(): number;
}

/** What a box is made from. */
export interface BoxSpec {
  readonly name: string;
  /** The device's directory. */
  readonly root: string;
  readonly env: Env;
  /** PEM text of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

/** A process within this one, over a directory of this machine, whose page cache no power cut of a device can take. */
export function realBox(spec: BoxSpec): Box {
  let life: World | undefined;
  return {
    boot: (log) => {
      life = realWorld({ ...spec, log });
      return life;
    },
    cutPower: () => life?.process.kill(),
    returnsAfterMs: () => 0,
  };
}
