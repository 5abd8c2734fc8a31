/** What `stat` tells of a file. */
export interface FileStat {
  readonly size: number;
  /** Permission bits, for example 0o600. */
  readonly mode: number;
}

export interface WriteOptions {
  /** Permission bits of a file that is created by this write; an existing file keeps its own. */
  readonly mode?: number;
}

/** A running watch over a file. */
export interface Watch {
  stop(): void;
}

/**
 * A host's files. A missing file is `undefined`, any other failure is an error with the system's code. Nothing is safe
 * from a power loss before `fsync` of the file and of its directory.
 */
export interface Disk {
  read(path: string): Promise<Buffer | undefined>;
  write(path: string, data: string | Uint8Array, options?: WriteOptions): Promise<void>;
  fsync(path: string): Promise<void>;
  fsyncDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory, sorted; none if it does not exist. */
  list(path: string): Promise<readonly string[]>;
  stat(path: string): Promise<FileStat | undefined>;
  /**
   * Calls `changed` after the file that a path names was written, replaced, removed or made, once at least for changes that
   * follow one another: whoever reads it then sees the last of them. Neither the file nor its directories need be there.
   * Throws an error with the system's code where nothing more can be watched.
   */
  watch(path: string, changed: () => void): Watch;
}
