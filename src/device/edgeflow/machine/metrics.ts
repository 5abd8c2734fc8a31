import type { SystemInfo } from "../../../world/system.js";
import type { SystemMetrics } from "../machine.js";
import { memoryEntries } from "./memory.js";
import type { SystemFiles } from "./system-files.js";

/** Time of all processors together, in one unit. */
export interface CpuTime {
  readonly busy: number;
  readonly total: number;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guests count as users there. */
export async function cpuTime(files: SystemFiles, { cpu }: SystemInfo): Promise<CpuTime> {
  const all = (await files.rows("/proc/stat")).find(([name]) => name === "cpu");
  if (all === undefined) return cpu;
  const times = all.slice(1, 9).map(Number);
  const [, , , idle = 0, waiting = 0] = times;
  const total = times.reduce((sum, time) => sum + time, 0);
  return { busy: total - idle - waiting, total };
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0;
}

/** The share of time between two readings in which processors worked; of no time the share is not known. */
export function cpuUsage(before: CpuTime, now: CpuTime): number | undefined {
  return now.total > before.total ? percent(now.busy - before.busy, now.total - before.total) : undefined;
}

type Memory = Pick<SystemMetrics, "memory" | "swap">;

export async function memoryUse(files: SystemFiles, { memory }: SystemInfo): Promise<Memory> {
  const entries = await memoryEntries(files);
  const [total_bytes = memory.total, free_bytes = memory.free] = [entries.get("MemTotal"), entries.get("MemFree")];
  const available_bytes = entries.get("MemAvailable") ?? free_bytes;
  const used_bytes = total_bytes - available_bytes;
  const [swapTotal = 0, swapFree = 0] = [entries.get("SwapTotal"), entries.get("SwapFree")];
  return {
    memory: { available_bytes, free_bytes, percent: percent(used_bytes, total_bytes), total_bytes, used_bytes },
    swap: { total_bytes: swapTotal, used_bytes: swapTotal - swapFree },
  };
}

export async function loadAverage(files: SystemFiles, { load }: SystemInfo): Promise<SystemMetrics["load_avg"]> {
  const [row] = await files.rows("/proc/loadavg");
  const [one, five, fifteen] = row && row.length >= 3 ? row.slice(0, 3).map(Number) : load;
  return { "15min": fifteen ?? 0, "1min": one ?? 0, "5min": five ?? 0 };
}

/** What all interfaces but loopback have received and sent since the machine started. */
export async function traffic(files: SystemFiles): Promise<SystemMetrics["network"]> {
  const sum = { rx_bytes: 0, tx_bytes: 0 };
  for (const line of (await files.text("/proc/net/dev"))?.split("\n") ?? []) {
    const [name = "", counters] = line.split(":");
    if (counters === undefined || name.trim() === "lo") continue;
    const numbers = counters.trim().split(/\s+/).map(Number);
    sum.rx_bytes += numbers[0] ?? 0;
    sum.tx_bytes += numbers[8] ?? 0;
  }
  return sum;
}

/** Of the first sensor, degrees Celsius; 0 where there is none. */
export async function temperature(files: SystemFiles): Promise<number> {
  return ((await files.number("/sys/class/thermal/thermal_zone0/temp")) ?? 0) / 1_000;
}

/** Whole seconds since the machine started. */
export async function uptime(files: SystemFiles, system: SystemInfo): Promise<number> {
  return Math.floor((await files.number("/proc/uptime")) ?? system.uptime);
}
