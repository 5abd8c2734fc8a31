import {
  arch,
  type CpuInfo,
  cpus,
  endianness,
  freemem,
  hostname,
  loadavg,
  networkInterfaces,
  platform,
  release,
  totalmem,
  uptime,
} from "node:os";
import type { SystemInfo, SystemInterface } from "../system.js";

/** What the system answers, or undefined where it refuses to. */
function asked<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch {
    return undefined;
  }
}

function interfaces(): SystemInterface[] {
  return Object.entries(asked(networkInterfaces) ?? {}).map(([name, addresses = []]) => ({
    name,
    loopback: addresses.some(({ internal }) => internal),
    addresses: addresses.map(({ address }) => address.replace(/%.*$/, "")),
    mac: addresses[0]?.mac.replace(/^(00:)+00$/, "") ?? "",
  }));
}

function spent(processors: readonly CpuInfo[]): { busy: number; total: number } {
  const sum = { busy: 0, total: 0 };
  for (const { times } of processors) {
    const busy = times.user + times.nice + times.sys + times.irq;
    sum.busy += busy;
    sum.total += busy + times.idle;
  }
  return sum;
}

/** The machine that this process runs on. */
export function systemInfo(): SystemInfo {
  const processors = cpus();
  const name = asked(hostname);
  const kernel = asked(release);
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    platform: platform(),
    arch: arch(),
    littleEndian: endianness() === "LE",
    ...(kernel && { release: kernel }),
    ...(name && { hostname: name }),
    ...(processors.length > 0 && { cores: processors.length }),
    memory: { total: totalmem(), free: freemem() },
    cpu: spent(processors),
    load: [one, five, fifteen],
    uptime: asked(uptime) ?? 0,
    interfaces: interfaces(),
  };
}
