import { FirstbootError } from "../src/error.js";
import type { Disk } from "../src/world/disk.js";

/** Open files that one device needs: its channel, and a connection for requests beside it. */
const filesPerDevice = 2;
/** What the process needs besides. */
const filesBesides = 128;

/** Throws FB1001 with the remedy when so many devices cannot hold their connections under the open-file limit. */
export async function checkOpenFiles(disk: Disk, devices: number): Promise<void> {
  const limit = openFileLimit((await disk.read("/proc/self/limits"))?.toString("utf8"));
  const needed = devices * filesPerDevice + filesBesides;
  if (limit === undefined || needed <= limit) return;
  throw new FirstbootError("FB1001", {
    what: `${devices} devices need ${needed} open files and the limit is ${limit}`,
    fix: `raise it with "ulimit -n ${needed}" or run at most ${Math.floor((limit - filesBesides) / filesPerDevice)} devices`,
  });
}

/** The soft limit in the kernel's table of limits; undefined where there is none. */
export function openFileLimit(table: string | undefined): number | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(table ?? "") ?? [];
  return soft === undefined ? undefined : Number(soft);
}
