import type { Disk, FileStat, Watch, WriteOptions } from "../disk.js";
import { Notice } from "./disk/notice.js";
import type { VirtualDisk } from "./disk/virtual-disk.js";
import type { VirtualProcess } from "./process.js";

export { type DiskFile, VirtualDisk } from "./disk/virtual-disk.js";

/** Bytes written in a millisecond. */
const bytesPerMs = 100_000;

/**
 * A host's disk as one of its processes has it. An operation has its effect at its end: what was under way when the
 * process died never happened, and only whole operations that were not yet safe can be torn by a power loss.
 */
export class ProcessDisk implements Disk {
  constructor(
    private readonly process: VirtualProcess,
    private readonly disk: VirtualDisk,
  ) {}

  read(path: string): Promise<Buffer | undefined> {
    return this.#shortly(`reads ${path}`, () => this.disk.read(path));
  }

  write(path: string, data: string | Uint8Array, { mode = 0o644 }: WriteOptions = {}): Promise<void> {
    const bytes = Buffer.from(data);
    const ms = this.#between(0.05, 0.3) + bytes.length / bytesPerMs;
    return this.process.operation(`writes ${path}`, ms, () => this.disk.write(path, bytes, mode));
  }

  fsync(path: string): Promise<void> {
    return this.process.operation(`fsyncs ${path}`, this.#between(0.5, 8), () => this.disk.fsync(path));
  }

  fsyncDirectory(path: string): Promise<void> {
    return this.fsync(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#shortly(`renames ${from} to ${to}`, () => this.disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#shortly(`removes ${path}`, () => this.disk.remove(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#shortly(`makes directory ${path}`, () => this.disk.makeDirectory(path));
  }

  list(path: string): Promise<readonly string[]> {
    return this.#shortly(`lists ${path}`, () => this.disk.list(path));
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.#shortly(`stats ${path}`, () => this.disk.stat(path));
  }

  watch(path: string, changed: () => void): Watch {
    const notice = new Notice(this.process, path, changed);
    const stop = this.disk.watch(path, () => notice.post(this.#between(0.05, 2)));
    const release = this.process.holds(stop);
    return {
      stop: () => {
        notice.stop();
        stop();
        release();
      },
    };
  }

  #shortly<T>(name: string, act: () => T): Promise<T> {
    return this.process.operation(name, this.#between(0.05, 0.2), act);
  }

  #between(least: number, most: number): number {
    return least + (most - least) * this.disk.random.float();
  }
}
