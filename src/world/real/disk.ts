import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { systemCode } from "../../error.js";
import type { Disk, FileStat, Watch, WriteOptions } from "../disk.js";
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

/** The machine's files, for one process. A class, since there are thousands of them. */
export class RealDisk implements Disk {
  /** @param root where relative paths start. */
  constructor(
    private readonly process: Process,
    private readonly root: string,
  ) {}

  read(path: string): Promise<Buffer | undefined> {
    return this.process.wait(orMissing(readFile(this.#at(path)), undefined));
  }

  write(path: string, data: string | Uint8Array, { mode = 0o644 }: WriteOptions = {}): Promise<void> {
    return this.process.wait(writeFile(this.#at(path), data, { mode }));
  }

  fsync(path: string): Promise<void> {
    return this.process.wait(sync(this.#at(path)));
  }

  fsyncDirectory(path: string): Promise<void> {
    return this.process.wait(sync(this.#at(path)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.process.wait(rename(this.#at(from), this.#at(to)));
  }

  remove(path: string): Promise<void> {
    return this.process.wait(rm(this.#at(path), { recursive: true, force: true }));
  }

  makeDirectory(path: string): Promise<void> {
    return this.process.wait(mkdir(this.#at(path), { recursive: true }).then(() => {}));
  }

  list(path: string): Promise<readonly string[]> {
    return this.process.wait(orMissing(readdir(this.#at(path)), []).then((names) => names.sort()));
  }

  stat(path: string): Promise<FileStat | undefined> {
    const found = stat(this.#at(path)).then(({ size, mode }) => ({ size, mode: mode & 0o777 }));
    return this.process.wait(orMissing(found, undefined));
  }

  watch(path: string, changed: () => void): Watch {
    const watch = new FileWatch(this.#at(path), changed);
    const release = this.process.holds(() => watch.stop());
    return {
      stop: () => {
        watch.stop();
        release();
      },
    };
  }

  #at(path: string): string {
    return resolve(this.root, path);
  }
}
