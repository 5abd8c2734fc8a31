import type { SystemFiles } from "./system-files.js";

/** The entries of /proc/meminfo, bytes; none elsewhere. */
export async function memoryEntries(files: SystemFiles): Promise<ReadonlyMap<string, number>> {
  const entries = new Map<string, number>();
  for (const [name = "", value, unit] of await files.rows("/proc/meminfo")) {
    if (unit === "kB" && Number.isInteger(Number(value))) entries.set(name.replace(/:$/, ""), Number(value) * 1024);
  }
  return entries;
}
