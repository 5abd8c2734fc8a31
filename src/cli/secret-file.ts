import { open, rm } from "node:fs/promises";
import { FirstbootError, reasonOf, systemCode } from "../error.js";

/**
 * Makes something and keeps its secret in a new file with mode 0600. The file is opened first: where it cannot be, or
 * where it exists, nothing is made. Throws FB1002.
 */
export async function keepInFile<T>(path: string, make: () => Promise<T>, secretOf: (made: T) => string): Promise<T> {
  const file = await open(path, "wx", 0o600).catch((error) => fail(path, error));
  try {
    const made = await make().catch(async (error: unknown) => {
      await rm(path);
      throw error;
    });
    await file.writeFile(secretOf(made));
    await file.sync();
    return made;
  } catch (error) {
    throw systemCode(error) === undefined ? error : fail(path, error);
  } finally {
    await file.close();
  }
}

const whys: Readonly<Record<string, string>> = {
  EEXIST: "it exists",
  ENOENT: "its directory does not exist",
  ENOTDIR: "a part of the path is not a directory",
  EACCES: "the rights do not allow it",
  ENOSPC: "the disk is full",
};

function fail(path: string, error: unknown): never {
  const code = systemCode(error) ?? "";
  const exists = code === "EEXIST";
  throw new FirstbootError("FB1002", {
    what: `cannot write to ${path === "" ? '""' : path}`,
    why: whys[code] ?? reasonOf(error),
    fix: exists ? "remove it, or choose another file" : "choose a file that you may write",
    cause: error,
  });
}
