import { join } from "node:path";
import { FirstbootError, reasonOf, systemCode } from "../error.js";
import { newApiKey } from "../provisioning/credentials.js";
import type { Disk } from "../world/disk.js";
import { writeDurably } from "../world/durable.js";
import type { World } from "../world/world.js";

/** SQLite's file in a data directory. */
export const databaseFile = "firstboot.db";

/** The files of a control plane on this machine, in one directory. */
export class DataDirectory {
  constructor(
    readonly path: string,
    readonly disk: Disk,
  ) {}

  file(name: string): string {
    return join(this.path, name);
  }

  /** Makes the directory. Throws FB1002 where that cannot be, before anything is written. */
  async prepare(): Promise<void> {
    try {
      await this.disk.makeDirectory(this.path);
      await writeDurably(this.disk, this.file(".writable"), "");
      await this.disk.remove(this.file(".writable"));
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** A file's text, made and kept with mode 0600 at the first use. */
  async keep(name: string, make: () => string): Promise<string> {
    const found = await this.disk.read(this.file(name));
    if (found) return found.toString("utf8").trim();
    const made = make();
    await writeDurably(this.disk, this.file(name), `${made}\n`, 0o600);
    return made;
  }
}

/** Whether the system refused a file, for example because the disk is full. */
export function isSystemError(error: unknown): boolean {
  return !(error instanceof FirstbootError) && /^E[A-Z]+$/.test(systemCode(error) ?? "");
}

export function unwritable(path: string, error: unknown): FirstbootError {
  const why: Record<string, string> = {
    EACCES: "the rights do not allow it",
    EPERM: "the rights do not allow it",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is not a directory",
    EEXIST: "a part of the path is not a directory",
    ENOSPC: "the disk is full",
    ENOENT: "a part of the path is missing",
  };
  return new FirstbootError("FB1002", {
    what: `cannot write to ${path}`,
    why: why[systemCode(error) ?? ""] ?? reasonOf(error),
    fix: "choose a directory that you may write to",
    cause: error,
  });
}

/** What outlives a restart and must never be guessed. */
export interface Secrets {
  /** Keys every stored hash; without it no stored secret can be checked. */
  readonly pepper: Buffer;
  /** The first API key, `<id>.<secret>`. */
  readonly apiKey: string;
}

/** Reads the secrets, or makes them for a new database. Throws FB1010 if one is damaged, or the pepper of a database is gone. */
export async function keepSecrets(directory: DataDirectory, { random }: World): Promise<Secrets> {
  const { disk } = directory;
  if ((await disk.stat(directory.file(databaseFile))) && !(await disk.stat(directory.file("pepper")))) {
    throw damaged(directory.file("pepper"), "it is missing, and nothing in the database can be checked without it");
  }
  const pepper = await directory.keep("pepper", () => random.bytes(32).toString("hex"));
  if (!/^[0-9a-f]{64}$/.test(pepper)) throw damaged(directory.file("pepper"), "it does not hold 64 hexadecimal digits");
  const apiKey = await directory.keep("api-key", () => newApiKey(random));
  if (!/^[^\s.]+\.\S+$/.test(apiKey)) throw damaged(directory.file("api-key"), "it does not hold one key, id.secret");
  return { pepper: Buffer.from(pepper, "hex"), apiKey };
}

/** The error for a file of the directory that is not as it was written. */
export function damaged(path: string, why: string): FirstbootError {
  return new FirstbootError("FB1010", {
    what: `${path} is damaged`,
    why,
    fix: "restore it from a copy, or choose another directory with --data",
  });
}
