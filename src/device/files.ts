import { basename, dirname, join } from "node:path/posix";
import { FirstbootError, reasonOf, systemCode } from "../error.js";
import { writeDurably } from "../world/durable.js";
import { diskFailure, StepFailed } from "./failure.js";
import type { Host } from "./host.js";

/** A hidden file beside another: `.newt.json.nonce` for `newt.json`. */
export function beside(path: string, extension: string): string {
  return join(dirname(path), `.${basename(path)}.${extension}`);
}

/** What a person can do, where the system's word is no help. */
const fixes: ReadonlyMap<string, string> = new Map([
  [
    "EBUSY",
    "a file is replaced as a whole, which cannot be done where it is mounted by itself, as with -v ./a.json:/a.json: mount its directory",
  ],
  ["ENOSPC", "make room on the disk"],
  ["EROFS", "the file system is read-only: mount it so that the device can write, or put the file elsewhere"],
]);
const usualFix = "the device needs to read and write this file and its directory";

function unusable(verb: string, path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const fix = fixes.get(code) ?? usualFix;
  return new FirstbootError("FB1002", { what: `cannot ${verb} ${path}`, why: reasonOf(error), fix, cause: error });
}

/** A file's text, or undefined if there is none. Throws FB1002. */
export async function readText({ world }: Pick<Host, "world">, path: string): Promise<string | undefined> {
  try {
    return (await world.disk.read(path))?.toString("utf8");
  } catch (error) {
    throw unusable("read", path, error);
  }
}

/** Replaces a file before anything depends on it. Throws FB1002. */
export async function prepare({ world }: Host, path: string, text: string): Promise<void> {
  try {
    await writeDurably(world.disk, path, text);
  } catch (error) {
    throw unusable("write", path, error);
  }
}

/** Makes a directory that is to outlast a power loss, before anything depends on it. Throws FB1002. */
export async function prepareDirectory({ world: { disk } }: Host, path: string): Promise<void> {
  try {
    await disk.makeDirectory(path);
    await disk.fsyncDirectory(dirname(path));
  } catch (error) {
    throw unusable("make", path, error);
  }
}

/** Removes a file for good, if it is there. */
export async function removeDurably({ world: { disk } }: Host, path: string): Promise<void> {
  if ((await disk.stat(path)) === undefined) return;
  await disk.remove(path);
  await disk.fsyncDirectory(dirname(path));
}

/**
 * Keeps what a server has just given, as the persona does. A durable persona repeats until it is safe, and only then goes
 * on; others tell of a failure and live on with what is in memory (PROTOCOLS A3).
 */
export async function keep(host: Host, path: string, text: string): Promise<void> {
  const { disk, clock } = host.world;
  const { storage, reconnect } = host.persona;
  if (storage === "memory") return;
  const started = clock.monotonic();

  async function attempt(): Promise<void> {
    try {
      await (storage === "durable" ? writeDurably(disk, path, text) : disk.write(path, text, { mode: 0o644 }));
      host.emit({ type: "persisted", ms: host.since(started) });
    } catch (error) {
      throw diskFailure(error);
    }
  }

  await (storage === "durable" ? host.persistently(reconnect, attempt) : attemptOnly(host, attempt));
}

/** Does what would be good but must not keep a device from its work: a failure of the disk is only told. */
export async function attemptOnly(host: Host, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = diskFailure(error);
    if (!(failure instanceof StepFailed)) throw error;
    host.failed(failure);
  }
}
