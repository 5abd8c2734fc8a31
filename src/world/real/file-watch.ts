import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { systemCode } from "../../error.js";
import type { Watch } from "../disk.js";

/**
 * Watches a path by the directory that it lies in, or the nearest one above that is there: a watch on the file itself would
 * follow the file that a rename has replaced.
 */
export class FileWatch implements Watch {
  #watcher: FSWatcher | undefined;
  #directory: string | undefined;
  #found: string;

  constructor(
    private readonly path: string,
    private readonly changed: () => void,
  ) {
    this.#settle();
    this.#found = stateOf(path);
  }

  stop(): void {
    this.#watcher?.close();
  }

  /** Moves to the directory to be watched now. */
  #settle(): void {
    for (let directory = nearest(this.path); directory !== this.#directory; directory = nearest(this.path)) {
      const watcher = listening(directory, (event, name) => this.#heard(event, name));
      if (!watcher) continue;
      this.#watcher?.close();
      this.#watcher = watcher;
      this.#directory = directory;
    }
  }

  #heard(event: string, name: string | null): void {
    // A directory that goes is told under its own name; one that takes its place is another.
    if (event === "rename" && name === basename(this.#directory ?? "")) this.#directory = undefined;
    try {
      this.#settle();
    } catch {
      // Nobody waits for it: what was watched so far is, and the next event tries again.
    }
    const isInPlace = this.#directory === dirname(this.path);
    const before = this.#found;
    this.#found = stateOf(this.path);
    // Times are too coarse to tell two writes apart; a link on the way to the file changes under another name.
    if ((isInPlace && name === basename(this.path)) || this.#found !== before) this.changed();
  }
}

/** The directory of a path, or the nearest above it that is there. */
function nearest(path: string): string {
  const directory = dirname(path);
  return directory === path || existsSync(directory) ? directory : nearest(directory);
}

/** A watcher of a directory; undefined if it has just gone. */
function listening(directory: string, heard: (event: string, name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(directory, heard).on("error", () => {});
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** What differs when a path leads to another file, or the file to another content. */
function stateOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return systemCode(error) ?? "";
  }
}
