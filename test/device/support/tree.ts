import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { realWorld } from "../../../src/world/real/index.js";
import type { SystemInfo } from "../../../src/world/system.js";
import { closeLater } from "./life.js";

/** A made-up root of a system with these files; a path that ends in `/` is an empty directory. */
export function tree(files: Readonly<Record<string, string>>): {
  root: string;
  write(path: string, text: string): void;
} {
  const root = mkdtempSync(join(tmpdir(), "firstboot-tree-"));
  closeLater(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string): void => {
    const at = join(root, path);
    mkdirSync(path.endsWith("/") ? at : dirname(at), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(at, text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { root, write };
}

export const { disk } = realWorld();

/** What Node would say of a Raspberry Pi with a cable, where not told otherwise. */
export function system(parts: Partial<SystemInfo> = {}): SystemInfo {
  return {
    platform: "linux",
    arch: "arm64",
    littleEndian: true,
    release: "6.1.0-rpi7-rpi-2712",
    hostname: "edgeflow-pi-001",
    cores: 4,
    memory: { total: 4_294_967_296, free: 1_000_000_000 },
    cpu: { busy: 25, total: 100 },
    load: [0.5, 0.25, 0.125],
    uptime: 4_711.5,
    interfaces: [
      { name: "lo", loopback: true, addresses: ["127.0.0.1", "::1"], mac: "" },
      { name: "eth0", loopback: false, addresses: ["192.168.1.100", "fe80::1"], mac: "dc:a6:32:00:00:01" },
    ],
    ...parts,
  };
}

const routeHeader = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

/** /proc/net/route with a default route for each interface, at its cost. */
export function routes(costs: Readonly<Record<string, number>>): string {
  const lines = Object.entries(costs).map(
    ([name, cost]) =>
      `${name}\t00000000\t0101A8C0\t0003\t0\t0\t${cost}\t00000000\t0\t0\t0\n${name}\t0001A8C0\t00000000\t0001\t0\t0\t${cost}\t00FFFFFF\t0\t0\t0\n`,
  );
  return routeHeader + lines.join("");
}

/** The files of the Raspberry Pi of the documentation. */
export const pi: Readonly<Record<string, string>> = {
  "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
  "proc/device-tree/serial-number": "10000000a1b2c3d4\0",
  "proc/meminfo":
    "MemTotal:        4194304 kB\nMemFree:         1048576 kB\nMemAvailable:    3145728 kB\nSwapTotal:        102400 kB\nSwapFree:          51200 kB\nHugePages_Total:       0\n",
  "proc/sys/kernel/osrelease": "6.1.0-rpi7-rpi-2712\n",
  "proc/net/route": routes({ eth0: 202 }),
  "proc/net/dev":
    "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo: 5000 10 0 0 0 0 0 0 5000 10 0 0 0 0 0 0\n  eth0: 1000 10 0 0 0 0 0 0 200 2 0 0 0 0 0 0\n wlan0:30 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0\n",
  "proc/stat": "cpu  100 0 50 800 50 0 0 0 7 0\ncpu0 100 0 50 800 50 0 0 0 7 0\nintr 1\n",
  "proc/loadavg": "1.56 1.07 0.57 2/345 6789\n",
  "proc/uptime": "1163.97 4000.00\n",
  "sys/class/thermal/thermal_zone0/temp": "48312\n",
  "sys/class/net/lo/address": "00:00:00:00:00:00\n",
  "sys/class/net/eth0/address": "DC:A6:32:00:00:01\n",
  "sys/class/net/eth0/addr_assign_type": "0\n",
  "sys/class/net/eth0/device/": "",
  "etc/machine-id": "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
};
