import { dirname, join, resolve } from "node:path";
import { copySqlite } from "../control-plane/index.js";
import { FirstbootError } from "../error.js";
import type { Disk } from "../world/disk.js";
import { realWorld } from "../world/real/index.js";
import { databaseFile, isSystemError, unwritable } from "./data-directory.js";

/** Without these a copy of the database is of no use: no stored secret could be checked, and nobody let in. */
const required = ["pepper", "api-key"] as const;
/** Of a control plane with a development CA: devices go on trusting it. */
const certificates = ["ca.pem", "ca-key.pem", "tls.pem", "tls-key.pem"] as const;

/**
 * Copies a data directory as it is at one moment, while a control plane serves from it or not. The copy is a data directory
 * itself, each file with mode 0600, and is there whole or not at all. Resolves with the names of its files. Throws FB1002
 * where it cannot be written or `target` has something in it, FB1010 where `data` is no control plane's.
 */
export async function backUp(data: string, target: string): Promise<readonly string[]> {
  const { disk } = realWorld({ name: "backup" });
  // Without a slash at its end, behind which the copy would be made within itself.
  const to = resolve(target);
  const partial = `${to}.partial-${process.pid}`;
  try {
    await refuseUnlessEmpty(disk, to);
    const files = await secretsOf(disk, data);
    await disk.makeDirectory(partial);
    for (const [name, content] of files) await writeSafely(disk, join(partial, name), content);
    const database = join(partial, databaseFile);
    await disk.write(database, "", { mode: 0o600 });
    await copySqlite(join(data, databaseFile), database);
    await disk.fsync(database);
    await disk.fsyncDirectory(partial);
    // Refused by the system if something has come there in the meantime.
    await disk.rename(partial, to);
    await disk.fsyncDirectory(dirname(to));
    return [...files.keys(), databaseFile];
  } catch (error) {
    await disk.remove(partial).catch(() => undefined);
    throw isSystemError(error) ? unwritable(to, error) : error;
  }
}

async function refuseUnlessEmpty(disk: Disk, to: string): Promise<void> {
  if (!(await disk.stat(to)) || (await disk.list(to)).length === 0) return;
  throw new FirstbootError("FB1002", {
    what: `${to} has something in it`,
    why: "a backup overwrites nothing",
    fix: "name a directory that does not exist yet",
  });
}

/** The files beside the database, by name. */
async function secretsOf(disk: Disk, data: string): Promise<ReadonlyMap<string, Buffer>> {
  for (const name of [databaseFile, ...required]) {
    if (await disk.stat(join(data, name))) continue;
    throw new FirstbootError("FB1010", {
      what: `${data} is not the data directory of a control plane`,
      why: `${name} is missing`,
      fix: "name the directory that `firstboot up` has with --data",
    });
  }
  const files = new Map<string, Buffer>();
  for (const name of [...required, ...certificates]) {
    const content = await disk.read(join(data, name));
    if (content) files.set(name, content);
  }
  return files;
}

async function writeSafely(disk: Disk, path: string, content: Buffer): Promise<void> {
  await disk.write(path, content, { mode: 0o600 });
  await disk.fsync(path);
}
