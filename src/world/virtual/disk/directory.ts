import { Inode } from "./inode.js";
import type { Fail } from "./system-error.js";

export type Node = Inode | Directory;

/** What a name stood for before it was changed. */
export interface Edit {
  readonly directory: Directory;
  readonly name: string;
  readonly before: Node | undefined;
}

/** Where a path leads: a name in a directory, and what it stands for. */
export interface Place {
  readonly directory: Directory;
  readonly name: string;
  readonly node: Node | undefined;
}

export class Directory {
  readonly entries = new Map<string, Node>();

  /** Puts another node, or none, under a name. Returns what it takes to undo that. */
  set(name: string, node: Node | undefined): Edit {
    const before = this.entries.get(name);
    if (node) this.entries.set(name, node);
    else this.entries.delete(name);
    return { directory: this, name, before };
  }

  /** Follows names down from here; undefined when a directory on the way is missing, ENOTDIR when it is a file. */
  follow(names: readonly string[], fail: Fail): Place | undefined {
    let directory: Directory = this;
    const last = names.length - 1;
    for (let depth = 0; depth < last; depth++) {
      const next = directory.entries.get(names[depth] ?? "");
      if (!next) return undefined;
      if (next instanceof Inode) throw fail("ENOTDIR");
      directory = next;
    }
    const name = names[last];
    return name === undefined
      ? { directory, name: ".", node: directory }
      : { directory, name, node: directory.entries.get(name) };
  }

  /** Every file below, by its path from here with a slash before it. */
  *files(path = ""): Generator<[path: string, inode: Inode]> {
    for (const [name, node] of this.entries) {
      if (node instanceof Directory) yield* node.files(`${path}/${name}`);
      else yield [`${path}/${name}`, node];
    }
  }
}
