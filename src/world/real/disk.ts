import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { systemCode } from "../../error.js";
import type { Disk } from "../disk.js";
import type { Process } from "../process.js";
import { FileWatch } from "./file-watch.js";

async function orMissing<T, D>(operation: Promise<T>, missing: D): Promise<T | D> {
  try {
    return await operation;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return missing;
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The machine's files; relative paths are below `root`. */
export function realDisk(process: Process, root: string): Disk {
  const at = (path: string): string => resolve(root, path);
  return {
    read: (path) => process.wait(orMissing(readFile(at(path)), undefined)),
    write: (path, data, { mode = 0o644 } = {}) => process.wait(writeFile(at(path), data, { mode })),
    fsync: (path) => process.wait(sync(at(path))),
    fsyncDirectory: (path) => process.wait(sync(at(path))),
    rename: (from, to) => process.wait(rename(at(from), at(to))),
    remove: (path) => process.wait(rm(at(path), { recursive: true, force: true })),
    makeDirectory: (path) => process.wait(mkdir(at(path), { recursive: true }).then(() => {})),
    list: (path) => process.wait(orMissing(readdir(at(path)), []).then((names) => names.sort())),
    stat: (path) =>
      process.wait(
        orMissing(
          stat(at(path)).then(({ size, mode }) => ({ size, mode: mode & 0o777 })),
          undefined,
        ),
      ),
    watch: (path, changed) => {
      const watch = new FileWatch(at(path), changed);
      const release = process.holds(() => watch.stop());
      return {
        stop: () => {
          watch.stop();
          release();
        },
      };
    },
  };
}
