import { EntryLog, type Log, type LogFields, type LogLevel, silentLog } from "../log.js";
import type { Random } from "../random.js";
import type { Env, World } from "../world.js";
import { VirtualClock } from "./clock.js";
import { ProcessDisk, VirtualDisk } from "./disk.js";
import type { Internet } from "./internet.js";
import type { LinkProfile } from "./link-profile.js";
import type { Links } from "./links.js";
import { Machine } from "./machine.js";
import { VirtualNetwork } from "./network.js";
import { VirtualProcess } from "./process.js";
import type { Scheduler } from "./scheduler.js";

export interface BootOptions {
  readonly env?: Env;
  readonly log?: Log;
}

/** The World of one process of a host. */
export interface VirtualLife extends World {
  readonly process: VirtualProcess;
}

/** How a host's processes are struck down: by `kill -9`, or with the power, which takes what the disk had not made safe. */
export type Stroke = "kill" | "power loss";

/** A machine of the virtual world: what stays when its processes end. */
export class VirtualHost extends Machine {
  readonly disk: VirtualDisk;
  /** How far its wall clock is ahead, milliseconds; seen by the next life. */
  skewMs = 0;
  /** What the strokes of its hazard are. */
  stroke: Stroke = "kill";
  readonly #processes = new Set<VirtualProcess>();
  #lives = 0;

  constructor(
    name: string,
    index: number,
    scheduler: Scheduler,
    random: Random,
    links: Links,
    profile: LinkProfile,
    private readonly internet: Internet,
  ) {
    super(name, index, scheduler, random, links, profile);
    this.disk = new VirtualDisk(random.fork("disk"));
    internet.enter(this);
  }

  /** The World of a new process of this host: one life. */
  boot({ env = {}, log = silentLog }: BootOptions = {}): VirtualLife {
    this.powered = true;
    const random = this.random.fork(`life ${++this.#lives}`);
    const process = new VirtualProcess(this, this.scheduler, random.fork("steps"));
    this.#processes.add(process);
    process.holds(() => this.#processes.delete(process));
    return {
      process,
      clock: new VirtualClock(process, this.skewMs),
      random,
      disk: new ProcessDisk(process, this.disk),
      network: new VirtualNetwork(process, this, this.internet),
      env,
      log: new ProcessLog(process, log),
    };
  }

  /** Ends its processes, as `kill -9` would. */
  kill(): void {
    // Those of this moment: what their end starts at once lives.
    for (const process of [...this.#processes]) process.kill();
  }

  /** Ends its processes and loses what was not yet safe on its disk. Nobody is told; the next boot brings the power back. */
  losePower(): void {
    this.powered = false;
    this.kill();
    this.disk.crash();
  }

  strike(): void {
    if (this.stroke === "kill") this.kill();
    else this.losePower();
  }
}

/** A log that takes part in the trace, and is silent from the death of its process on. */
class ProcessLog extends EntryLog {
  constructor(
    private readonly process: VirtualProcess,
    private readonly log: Log,
  ) {
    super();
  }

  protected override write(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.process.alive) return;
    this.process.note(`logs ${level}: ${message}`);
    this.log[level](message, fields);
  }
}
