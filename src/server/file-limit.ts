import { readFileSync } from "node:fs";

/** Files that the process needs beside its connections. */
const spare = 100;

/** How many connections this process may have open at a time by the system's limit on open files; undefined: unknown. */
export function affordableConnections(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return soft === undefined ? undefined : Math.max(spare, Number(soft) - spare);
  } catch {
    return undefined;
  }
}
