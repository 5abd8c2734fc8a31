import { join } from "node:path/posix";
import { FirstbootError, reasonOf, systemCode } from "../src/error.js";
import type { Disk } from "../src/world/disk.js";

/** A file of a device: path relative to the device's directory, permission bits, text. */
export interface DeviceFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** All files below a directory, in order of their paths. None if it does not exist. */
export async function readTree(disk: Disk, directory: string, below = ""): Promise<DeviceFile[]> {
  const files: DeviceFile[] = [];
  for (const name of await disk.list(join(directory, below))) {
    const path = join(below, name);
    const text = await textOf(disk, join(directory, path));
    if (text === "directory") {
      files.push(...(await readTree(disk, directory, path)));
    } else if (text) {
      const mode = (await disk.stat(join(directory, path)))?.mode ?? 0;
      files.push({ path, mode, text: text.content });
    }
  }
  return files;
}

async function textOf(disk: Disk, path: string): Promise<{ readonly content: string } | "directory" | undefined> {
  try {
    const bytes = await disk.read(path);
    return bytes && { content: bytes.toString("utf8") };
  } catch (error) {
    if (systemCode(error) === "EISDIR") return "directory";
    throw error;
  }
}

/** Makes sure that a directory exists and can be written to; throws FB1002. */
export async function claimDirectory(disk: Disk, directory: string): Promise<void> {
  const probe = join(directory, ".firstboot-probe");
  try {
    await disk.makeDirectory(directory);
    await disk.write(probe, "");
    await disk.remove(probe);
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: `cannot write to ${directory}`,
      why: reasonOf(error),
      fix: "name a directory that you may write to with --out",
      cause: error,
    });
  }
}
