import type { FileStat } from "../../disk.js";
import type { Random } from "../../random.js";
import { Directory, type Node, type Place } from "./directory.js";
import { Inode } from "./inode.js";
import { Journal } from "./journal.js";
import { type Fail, failing, namesOf } from "./system-error.js";
import { View } from "./view.js";

/** Permission bits that no file is created with. */
const umask = 0o022;
const directoryStat: FileStat = { size: 4_096, mode: 0o755 };

/** A file as it is judged. */
export interface DiskFile {
  readonly data: Buffer;
  readonly mode: number;
}

/**
 * What survives the processes of a host: the files as processes see them, and how much of that a power loss may undo.
 * Everything here happens at once, outside of virtual time; processes use it through `ProcessDisk`. The errors are
 * those of Linux under Node for a process that may do everything.
 */
export class VirtualDisk {
  /** Bytes that all files together can hold; beyond it a write keeps what fits and fails with ENOSPC. */
  capacity = Number.POSITIVE_INFINITY;
  /** Whether every change fails with EROFS. */
  readOnly = false;
  /** Whether every operation of a process fails with EIO. */
  failing = false;
  readonly #root = new Directory();
  readonly #journal = new Journal();
  readonly #views = new Set<View>();
  #used = 0;

  constructor(readonly random: Random) {}

  read(path: string): Buffer | undefined {
    const node = this.#find(path, failing("open", path));
    if (node instanceof Directory) throw failing("read")("EISDIR");
    return node && Buffer.from(node.data);
  }

  /** Keeps `data` itself: the caller does not change it afterwards. */
  write(path: string, data: Buffer, mode: number): void {
    const fail = failing("open", path);
    const { directory, name, node } = this.#place(path, fail);
    if (node instanceof Directory) throw fail("EISDIR");
    this.#change(fail);
    const inode = node ?? new Inode(mode & ~umask);
    if (!node) this.#journal.add([directory.set(name, inode)], false);
    const room = Math.max(0, this.capacity - this.#used + inode.size);
    this.#used -= inode.size;
    inode.write(data.length > room ? data.subarray(0, room) : data);
    this.#used += inode.size;
    this.#look();
    if (data.length > room) throw failing("write")("ENOSPC");
  }

  /** Makes the content of a file safe, or the names in a directory. */
  fsync(path: string): void {
    const fail = failing("open", path);
    const { node } = this.#place(path, fail);
    if (!node) throw fail("ENOENT");
    if (node instanceof Directory) this.#journal.commit(node);
    else node.sync();
  }

  rename(from: string, to: string): void {
    const fail = failing("rename", from, to);
    const source = this.#place(from, fail);
    const target = this.#place(to, fail);
    if (source.node === this.#root || target.node === this.#root) throw fail("EBUSY");
    this.#change(fail);
    if (!source.node) throw fail("ENOENT");
    if (within(to, from)) throw fail("EINVAL");
    if (within(from, to)) throw fail("ENOTEMPTY");
    if (source.node === target.node) return;
    if (target.node) checkReplacing(source.node, target.node, fail);
    const edits = [target.directory.set(target.name, source.node), source.directory.set(source.name, undefined)];
    this.#journal.add(edits, source.directory !== target.directory || target.node instanceof Directory);
    if (target.node instanceof Inode) this.#used -= target.node.size;
    this.#look();
  }

  remove(path: string): void {
    const place = this.#at(path, failing("lstat", path));
    if (!place?.node) return;
    const { directory, name, node } = place;
    const fail = failing(node instanceof Directory ? "rmdir" : "unlink", path);
    if (node === this.#root) throw fail("EBUSY");
    this.#change(fail);
    this.#unlink(directory, name, node);
    this.#look();
  }

  makeDirectory(path: string): void {
    const fail = failing("mkdir", path);
    const names = namesOf(path);
    if (this.#at(path, fail)?.node instanceof Inode) throw fail("EEXIST");
    let directory = this.#root;
    for (const name of names) {
      let next = directory.entries.get(name);
      if (next instanceof Inode) throw fail("ENOTDIR");
      if (!next) {
        this.#change(fail);
        next = new Directory();
        this.#journal.add([directory.set(name, next)], false);
      }
      directory = next;
    }
  }

  list(path: string): readonly string[] {
    const fail = failing("scandir", path);
    const node = this.#find(path, fail);
    if (node instanceof Inode) throw fail("ENOTDIR");
    return node ? [...node.entries.keys()].sort() : [];
  }

  stat(path: string): FileStat | undefined {
    const node = this.#find(path, failing("stat", path));
    if (node instanceof Directory) return directoryStat;
    return node && { size: node.size, mode: node.mode };
  }

  /** Loses power: what was not safe survives as chance has it, and what survives is safe. */
  crash(): void {
    this.#journal.crash(this.random);
    this.#used = 0;
    for (const [, inode] of this.#root.files()) {
      inode.crash(this.random);
      this.#used += inode.size;
    }
  }

  /** Puts a file there, safe at once, with the directories above it. Neither `capacity` nor `readOnly` stops it. */
  put(path: string, data: string | Uint8Array, mode = 0o644): void {
    const fail = failing("open", path);
    const names = namesOf(path);
    const name = names.pop();
    let directory = this.#root;
    for (const above of names) {
      this.#journal.commit(directory);
      const next = directory.entries.get(above) ?? new Directory();
      if (next instanceof Inode) throw fail("ENOTDIR");
      directory.set(above, next);
      directory = next;
    }
    this.#journal.commit(directory);
    const replaced = name === undefined ? directory : directory.entries.get(name);
    if (name === undefined || replaced instanceof Directory) throw fail("EISDIR");
    const inode = new Inode(mode);
    inode.write(Buffer.from(data));
    inode.sync();
    directory.set(name, inode);
    this.#used += inode.size - (replaced?.size ?? 0);
    this.#look();
  }

  /** Calls `changed` whenever another content stands under a path, also an equal one that was written anew, or none. */
  watch(path: string, changed: () => void): () => void {
    const view = new View(this.#root, path, changed);
    this.#views.add(view);
    return () => this.#views.delete(view);
  }

  /** What a file holds as processes see it; undefined if there is none. */
  get(path: string): Buffer | undefined {
    const node = this.#root.follow(namesOf(path), failing("open", path))?.node;
    return node instanceof Inode ? Buffer.from(node.data) : undefined;
  }

  /** All files as processes see them, by absolute path, in path order. */
  snapshot(): ReadonlyMap<string, DiskFile> {
    const files = [...this.#root.files()].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(files.map(([path, { data, mode }]) => [path, { data: Buffer.from(data), mode }]));
  }

  #at(path: string, fail: Fail): Place | undefined {
    if (this.failing) throw fail("EIO");
    return this.#root.follow(namesOf(path), fail);
  }

  #place(path: string, fail: Fail): Place {
    const place = this.#at(path, fail);
    if (!place) throw fail("ENOENT");
    return place;
  }

  #find(path: string, fail: Fail): Node | undefined {
    return this.#at(path, fail)?.node;
  }

  #look(): void {
    for (const view of this.#views) view.look();
  }

  #change(fail: Fail): void {
    if (this.readOnly) throw fail("EROFS");
  }

  #unlink(directory: Directory, name: string, node: Node): void {
    if (node instanceof Directory) for (const [below, child] of [...node.entries]) this.#unlink(node, below, child);
    else this.#used -= node.size;
    this.#journal.add([directory.set(name, undefined)], node instanceof Directory);
  }
}

/** Whether one path lies below another. */
function within(path: string, above: string): boolean {
  const names = namesOf(path);
  const prefix = namesOf(above);
  return names.length > prefix.length && prefix.every((name, depth) => name === names[depth]);
}

function checkReplacing(source: Node, target: Node, fail: Fail): void {
  if (source instanceof Inode && target instanceof Directory) throw fail("EISDIR");
  if (source instanceof Directory && target instanceof Inode) throw fail("ENOTDIR");
  if (target instanceof Directory && target.entries.size > 0) throw fail("ENOTEMPTY");
}
