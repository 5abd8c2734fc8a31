import type { Disk } from "../../src/world/disk.js";
import type { Log } from "../../src/world/log.js";
import {
  linkProfiles,
  ProcessDisk,
  type VirtualHost,
  type VirtualLife,
  type VirtualWorld,
} from "../../src/world/virtual/index.js";
import type { Env, World } from "../../src/world/world.js";
import type { Box, BoxSpec } from "../box.js";
import type { Scenario } from "../scenario.js";
import { mountedDisk, type Place } from "./mount.js";

/** How long a device stays away after something has ended its life, milliseconds. */
const away = { least: 1_000, most: 20_000 };

class VirtualBox implements Box {
  constructor(
    private readonly host: VirtualHost,
    private readonly env: Env,
  ) {}

  boot(log: Log): World {
    return this.host.boot({ env: this.env, log });
  }

  cutPower(): void {
    this.host.losePower();
  }

  returnsAfterMs(): number {
    return away.least + this.host.random.float() * (away.most - away.least);
  }
}

/** The devices' hosts, and the way to their disks below the run's directory. */
export class VirtualBoxes {
  readonly hosts: VirtualHost[] = [];
  readonly #byDirectory = new Map<string, VirtualHost>();
  readonly #links: ReadonlyMap<string, keyof typeof linkProfiles>;

  /** @param out the run's directory, as the simulator names it. */
  constructor(
    private readonly virtual: VirtualWorld,
    { populations }: Scenario,
    private readonly out: string,
  ) {
    this.#links = new Map(populations.map(({ name, link }) => [name, link]));
  }

  /** The box of a device whose directory has been laid out. */
  box({ root, env }: BoxSpec): Box {
    return new VirtualBox(this.#hostOf(root), env);
  }

  /** The simulator's disk with the devices' disks in it. */
  mount(own: VirtualLife): Disk {
    const devices = `${this.out}/devices/`;
    const disks = new Map<VirtualHost, Disk>();
    return mountedDisk(own.disk, (path): Place | undefined => {
      if (!path.startsWith(devices)) return undefined;
      const [population, number, ...below] = path.slice(devices.length).split("/");
      if (population === undefined || number === undefined) return undefined;
      const host = this.#hostOf(`${devices}${population}/${number}`);
      const disk = disks.get(host) ?? new ProcessDisk(own.process, host.disk);
      disks.set(host, disk);
      return { disk, bare: host.disk, path: `/${below.join("/")}` };
    });
  }

  #hostOf(directory: string): VirtualHost {
    let host = this.#byDirectory.get(directory);
    if (!host) {
      const name = directory.slice(`${this.out}/devices/`.length);
      const link = linkProfiles[this.#links.get(name.split("/")[0] ?? "") ?? "broadband"];
      host = this.virtual.host(name, link);
      this.#byDirectory.set(directory, host);
      this.hosts.push(host);
    }
    return host;
  }
}
