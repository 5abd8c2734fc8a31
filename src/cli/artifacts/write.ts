import { lstat, mkdir, open, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import type { OpenedFile } from "../../provisioning/artifact.js";

/** Undoes one step of writing. */
type Undo = () => Promise<void>;

/**
 * Writes new files below a directory, with exactly their modes; directories that are missing are made with 0700. Nothing
 * that exists is replaced and no symbolic link is followed below it. All or nothing: what was written before a failure is
 * removed. Throws FB1002.
 */
export async function writeAll(out: string, files: readonly OpenedFile[]): Promise<void> {
  const root = resolve(out);
  const undo: Undo[] = [];
  try {
    await makeRoot(root, undo);
    for (const { path, mode, text } of files) {
      await makeFolders(root, dirname(path), undo);
      await writeNew(join(root, path), mode, text, undo);
    }
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

async function makeRoot(root: string, undo: Undo[]): Promise<void> {
  const made = await mkdir(root, { recursive: true, mode: 0o700 }).catch((error) => fail(root, error));
  if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
}

async function makeFolders(root: string, folder: string, undo: Undo[]): Promise<void> {
  let path = root;
  for (const part of folder.split("/").filter((name) => name !== ".")) {
    path = join(path, part);
    if (await makeFolder(path)) undo.push(folderRemoval(path));
  }
}

function folderRemoval(path: string): Undo {
  return () => rmdir(path);
}

/** True if it was made now. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") return fail(path, error);
    if ((await lstat(path)).isDirectory()) return false;
    return fail(path, new Error("it is not a directory"));
  }
}

async function writeNew(path: string, mode: number, text: string, undo: Undo[]): Promise<void> {
  const file = await open(path, "wx", mode & 0o600).catch((error) => fail(path, error));
  undo.push(() => rm(path));
  try {
    await file.writeFile(text);
    await file.chmod(mode);
  } catch (error) {
    fail(path, error);
  } finally {
    await file.close();
  }
}

function fail(path: string, error: unknown): never {
  const exists = systemCode(error) === "EEXIST";
  throw new FirstbootError("FB1002", {
    what: `${path} cannot be written`,
    why: exists ? "it exists" : (systemCode(error) ?? reasonOf(error)),
    fix: exists ? "remove it, or choose another directory" : "choose a directory that you may write to",
  });
}
