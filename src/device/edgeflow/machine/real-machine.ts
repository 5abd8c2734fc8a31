import type { HardwareInfo } from "../../../protocol/edgeflow/index.js";
import type { Disk } from "../../../world/disk.js";
import type { SystemInfo } from "../../../world/system.js";
import type { Facts } from "../facts.js";
import type { Machine, SystemMetrics } from "../machine.js";
import { boardModel } from "./board.js";
import { goArch, goOs } from "./go-words.js";
import { memoryEntries } from "./memory.js";
import { type CpuTime, cpuTime, cpuUsage, loadAverage, memoryUse, temperature, traffic, uptime } from "./metrics.js";
import { SystemFiles } from "./system-files.js";
import { networkInfo } from "./uplink.js";

const mebibyte = 1024 * 1024;

export interface RealMachineOptions {
  readonly disk: Disk;
  readonly system: () => SystemInfo;
  /** Where the files of the system are; `/` if absent. */
  readonly root?: string;
}

/**
 * The machine itself: what its kernel tells in files, and where there are none what the runtime knows. What neither tells is
 * left out of the facts, and 0 among the metrics.
 */
export class RealMachine implements Machine {
  readonly #files: SystemFiles;
  readonly #system: () => SystemInfo;
  /** The reading that the next usage is counted from: the machine's start before the first. */
  #before: CpuTime = { busy: 0, total: 0 };
  #usage = 0;

  constructor({ disk, system, root }: RealMachineOptions) {
    this.#files = new SystemFiles(disk, root);
    this.#system = system;
  }

  async facts(): Promise<Facts> {
    const system = this.#system();
    return { hardware: await this.#hardware(system), network: await networkInfo(this.#files, system) };
  }

  async metrics(): Promise<SystemMetrics> {
    const system = this.#system();
    const files = this.#files;
    const { memory, swap } = await memoryUse(files, system);
    return {
      arch: goArch(system),
      board_model: await boardModel(files, system),
      cpu: { usage_percent: await this.#cpuUsage(system) },
      hostname: system.hostname ?? "",
      load_avg: await loadAverage(files, system),
      memory,
      network: await traffic(files),
      os: goOs(system),
      swap,
      temperature: await temperature(files),
      uptime: await uptime(files, system),
    };
  }

  async #hardware(system: SystemInfo): Promise<HardwareInfo> {
    const bytes = (await memoryEntries(this.#files)).get("MemTotal") ?? system.memory.total;
    const kernel = (await this.#files.text("/proc/sys/kernel/osrelease")) ?? system.release;
    return {
      arch: goArch(system),
      board_model: await boardModel(this.#files, system),
      ...(system.cores !== undefined && { cpu_cores: system.cores }),
      ...(kernel !== undefined && { kernel }),
      os: goOs(system),
      ...(bytes > 0 && { ram_mb: Math.floor(bytes / mebibyte) }),
    };
  }

  async #cpuUsage(system: SystemInfo): Promise<number> {
    const now = await cpuTime(this.#files, system);
    this.#usage = cpuUsage(this.#before, now) ?? this.#usage;
    this.#before = now;
    return this.#usage;
  }
}
