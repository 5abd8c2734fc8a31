import type { Disk } from "../disk.js";
import type { VirtualDisk } from "./disk/virtual-disk.js";
import type { VirtualProcess } from "./process.js";

export { type DiskFile, VirtualDisk } from "./disk/virtual-disk.js";

/** Bytes written in a millisecond. */
const bytesPerMs = 100_000;

/**
 * A host's disk as one of its processes has it. An operation has its effect at its end: what was under way when the
 * process died never happened, and only whole operations that were not yet safe can be torn by a power loss.
 */
export function virtualDisk(process: VirtualProcess, disk: VirtualDisk): Disk {
  const between = (least: number, most: number): number => least + (most - least) * disk.random.float();
  const shortly = (): number => between(0.05, 0.2);
  const fsync = (path: string): Promise<void> =>
    process.operation(`fsyncs ${path}`, between(0.5, 8), () => disk.fsync(path));
  return {
    read: (path) => process.operation(`reads ${path}`, shortly(), () => disk.read(path)),
    write: (path, data, { mode = 0o644 } = {}) => {
      const bytes = Buffer.from(data);
      const ms = between(0.05, 0.3) + bytes.length / bytesPerMs;
      return process.operation(`writes ${path}`, ms, () => disk.write(path, bytes, mode));
    },
    fsync,
    fsyncDirectory: fsync,
    rename: (from, to) => process.operation(`renames ${from} to ${to}`, shortly(), () => disk.rename(from, to)),
    remove: (path) => process.operation(`removes ${path}`, shortly(), () => disk.remove(path)),
    makeDirectory: (path) => process.operation(`makes directory ${path}`, shortly(), () => disk.makeDirectory(path)),
    list: (path) => process.operation(`lists ${path}`, shortly(), () => disk.list(path)),
    stat: (path) => process.operation(`stats ${path}`, shortly(), () => disk.stat(path)),
  };
}
