import { join } from "node:path/posix";
import { systemCode } from "../../../error.js";
import type { Disk } from "../../../world/disk.js";

/** The files in which a kernel tells of itself and its machine, all below one root. */
export class SystemFiles {
  constructor(
    private readonly disk: Disk,
    private readonly root = "/",
  ) {}

  /** A file's text without white space and NULs around it; undefined where there is none, or none for us. */
  async text(path: string): Promise<string | undefined> {
    const text = await this.#attempt(() => this.disk.read(join(this.root, path)));
    return text?.toString("utf8").replace(/^[\s\0]+|[\s\0]+$/g, "") || undefined;
  }

  /** The first number of a file. */
  async number(path: string): Promise<number | undefined> {
    const [first = ""] = (await this.text(path))?.split(/\s/) ?? [];
    return first !== "" && Number.isFinite(Number(first)) ? Number(first) : undefined;
  }

  /** A table: its lines, each in words. */
  async rows(path: string): Promise<readonly (readonly string[])[]> {
    const lines = (await this.text(path))?.split("\n") ?? [];
    return lines.map((line) => line.trim().split(/\s+/));
  }

  async has(path: string): Promise<boolean> {
    return (await this.#attempt(() => this.disk.stat(join(this.root, path)))) !== undefined;
  }

  async list(path: string): Promise<readonly string[]> {
    return (await this.#attempt(() => this.disk.list(join(this.root, path)))) ?? [];
  }

  /** Systems refuse in many ways; each of them means that something is not known. */
  async #attempt<T>(look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      return undefined;
    }
  }
}
