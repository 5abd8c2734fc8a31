import type { VirtualDisk } from "../../../src/world/virtual/disk.js";
import type { Action } from "./disk-actions.js";

interface FileModel {
  safe: string;
  unsafe: string[];
}
class DirectoryModel {
  readonly now = new Map<string, FileModel | DirectoryModel>();
  /** What a name may stand for after a power loss; "none" if it is not listed. */
  readonly later = new Map<string, Set<FileModel | DirectoryModel | undefined>>();

  set(name: string, node: FileModel | DirectoryModel | undefined): void {
    this.later.set(name, (this.later.get(name) ?? new Set([undefined])).add(node));
    if (node) this.now.set(name, node);
    else this.now.delete(name);
  }
}

/** What may be found after a power loss: for each name in each directory, all that it stood for since it was safe. */
export class DiskModel {
  readonly #root = new DirectoryModel();

  /** Follows an action that succeeded. */
  perform({ call, path, to }: Action, data: string): void {
    const { directory, name, node } = this.#at(path);
    if (call === "write") {
      if (node instanceof DirectoryModel) throw new Error("a directory was written");
      const file = node ?? { safe: "", unsafe: [] };
      if (!node) directory.set(name, file);
      file.unsafe.push(data);
    } else if (call === "fsync" || call === "fsyncDirectory") {
      if (node instanceof DirectoryModel)
        for (const below of node.later.keys()) node.later.set(below, new Set([node.now.get(below)]));
      else if (node) Object.assign(node, { safe: node.unsafe.at(-1) ?? node.safe, unsafe: [] });
    } else if (call === "remove") {
      if (node) this.#remove(directory, name);
    } else if (call === "makeDirectory") {
      for (let end = 1; end <= clean(path).length; end++) {
        const above = this.#at(clean(path).slice(0, end).join("/"));
        if (!above.node) above.directory.set(above.name, new DirectoryModel());
      }
    } else if (call === "rename") {
      const target = this.#at(to);
      if (target.node === node) return;
      target.directory.set(target.name, node);
      directory.set(name, undefined);
    }
  }

  /** What is on the disk and cannot be, or is not and must be. */
  faults(disk: VirtualDisk): string[] {
    return this.#faults(disk, "", [this.#root]);
  }

  #faults(disk: VirtualDisk, path: string, candidates: readonly DirectoryModel[]): string[] {
    const trials = candidates.map((directory) => {
      const found = new Set(disk.list(path));
      const faults = [...found].filter((name) => !directory.later.has(name)).map((name) => `${path}/${name}: stray`);
      for (const [name, possible] of directory.later) {
        const at = `${path}/${name}`;
        const data = found.has(name) ? disk.get(at)?.toString() : undefined;
        const nodes = [...possible];
        if (!found.has(name)) {
          if (!possible.has(undefined)) faults.push(`${at}: gone`);
        } else if (data !== undefined) {
          const files = nodes.flatMap((node) => (node && !(node instanceof DirectoryModel) ? [node] : []));
          if (!files.some((file) => mayHold(file, data))) faults.push(`${at}: ${JSON.stringify(data)}`);
        } else {
          faults.push(
            ...this.#faults(
              disk,
              at,
              nodes.filter((node) => node instanceof DirectoryModel),
            ),
          );
        }
      }
      return faults;
    });
    return trials.find((faults) => faults.length === 0) ?? trials[0] ?? [`${path}: stray`];
  }

  #remove(directory: DirectoryModel, name: string): void {
    const node = directory.now.get(name);
    if (node instanceof DirectoryModel) for (const below of [...node.now.keys()]) this.#remove(node, below);
    directory.set(name, undefined);
  }

  #at(path: string): { directory: DirectoryModel; name: string; node: FileModel | DirectoryModel | undefined } {
    const names = clean(path);
    let directory = this.#root;
    for (const name of names.slice(0, -1)) {
      const next = directory.now.get(name);
      if (!(next instanceof DirectoryModel)) return { directory: new DirectoryModel(), name, node: undefined };
      directory = next;
    }
    const name = names.at(-1) ?? "";
    return { directory, name, node: name === "" ? directory : directory.now.get(name) };
  }
}

function clean(path: string): string[] {
  const absolute = new URL(path, "file:///").pathname.replace(/\/+/g, "/");
  return absolute.split("/").filter((name) => name !== "");
}

function mayHold({ safe, unsafe }: FileModel, data: string): boolean {
  const written = data.replace(/\0+$/, "");
  const zeros = data.length - written.length;
  return (
    data === safe || unsafe.some((text) => text.startsWith(written) && (zeros === 0 || data.length === text.length))
  );
}
