import { dirname } from "node:path/posix";
import type { Disk } from "./disk.js";

/**
 * Replaces a file so that a power loss at any moment leaves the old content or the new, never a part of either:
 * temporary file, fsync, rename, fsync of the directory.
 */
export async function writeDurably(disk: Disk, path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.new`;
  await disk.remove(temporary);
  await disk.write(temporary, data, { mode });
  await disk.fsync(temporary);
  try {
    await disk.rename(temporary, path);
  } catch (error) {
    // It may hold a secret, and nobody would look for it there.
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
  await disk.fsyncDirectory(dirname(path));
}
