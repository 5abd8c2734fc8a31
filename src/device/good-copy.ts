import { dirname } from "node:path/posix";
import { z } from "zod";
import { writeDurably } from "../world/durable.js";
import { BoxId } from "./box.js";
import { jsonOf } from "./exchange.js";
import { attemptOnly, beside, keep, prepare, readText } from "./files.js";
import type { Host } from "./host.js";
import { isTorn } from "./torn.js";

/** A JSON file that holds what cannot be had again, and the path of its last good copy. */
export interface CopiedFile {
  readonly path: string;
  readonly copy: string;
}

/** A last good copy: the file's text, and the box that it was stored on, if that was known. */
const GoodCopy = z.object({ box: BoxId.optional().catch(undefined), text: z.string() });
type GoodCopy = z.infer<typeof GoodCopy>;

async function readCopy(host: Host, { copy }: CopiedFile): Promise<GoodCopy | undefined> {
  const kept = GoodCopy.safeParse(jsonOf((await readText(host, copy)) ?? "")).data;
  return kept && !isTorn(kept.text) ? kept : undefined;
}

/** Copies a file that is safe from a power loss itself: no more than one of the two is ever in danger, so it is done in place. */
async function writeCopy({ world: { disk } }: Host, { copy }: CopiedFile, kept: GoodCopy): Promise<void> {
  await disk.write(copy, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
  await disk.fsync(copy);
}

/** Whether a torn text may be a person's, with a brace forgotten: a power loss leaves a part of what is in the copy. */
function mayBeEdited(torn: string, good: string): boolean {
  return torn.trim() !== "" && !torn.includes("\0") && !good.startsWith(torn);
}

/** Keeps a text that somebody may miss in a hidden file beside the one that it stood in. Gives its path. */
export async function setAside({ world }: Host, path: string, text: string): Promise<string> {
  const aside = beside(path, "torn");
  await writeDurably(world.disk, aside, text);
  return aside;
}

/** Puts a torn file back. What a person may have written is safe before it goes. */
async function putBack(host: Host, { path }: CopiedFile, torn: string, good: string): Promise<void> {
  let kept = "";
  await attemptOnly(host, async () => {
    if (mayBeEdited(torn, good)) {
      kept = `; if you were editing it: what stood there is in ${await setAside(host, path, torn)}`;
    }
    await prepare(host, path, good);
  });
  host.notice(`${path} was torn, as after a power loss: its last good copy was put back${kept}`);
}

/**
 * A file's text, or undefined if there is none: that is a fresh start, whatever its copy says. Under a durable persona a
 * torn file is put back from its last good copy, with a notice; one that has none comes as it is. Throws FB1002.
 */
export async function readSafely(host: Host, file: CopiedFile): Promise<string | undefined> {
  const text = await readText(host, file.path);
  if (text === undefined || host.persona.storage !== "durable" || !isTorn(text)) return text;
  const kept = await readCopy(host, file);
  if (!kept) return text;
  await putBack(host, file, text, kept.text);
  return kept.text;
}

/**
 * Keeps what a server has just given, as `keep` does. A durable persona then copies it: a failure of that is only told.
 * The copy's name is safe after the next `fsyncDirectory`; until then the file is all that there is, and is safe.
 */
export async function keepSafely(host: Host, file: CopiedFile, text: string, box?: BoxId): Promise<void> {
  await keep(host, file.path, text);
  if (host.persona.storage !== "durable") return;
  await attemptOnly(host, () => writeCopy(host, file, { box, text }));
}

/**
 * Looks after the copy of a file that was read and is whole: writes it where there is none, or an older one. Gives a notice,
 * once, if the file was stored on another box. A failure of the disk is only told. For durable personas.
 */
export async function tendCopy(host: Host, file: CopiedFile, text: string, box?: BoxId): Promise<void> {
  await attemptOnly(host, async () => {
    const kept = await readCopy(host, file);
    const isSame = kept?.text === text;
    if (isSame && (box === undefined || kept.box === box)) return;
    if (isSame && kept.box !== undefined) {
      host.notice(
        `the credentials in ${file.path} were stored on another box: if this disk is a copy, two boxes have one identity; then remove the file here and give this box a key or code of its own`,
      );
    }
    await host.world.disk.fsync(file.path);
    await writeCopy(host, file, { box: box ?? kept?.box, text });
    await host.world.disk.fsyncDirectory(dirname(file.copy));
  });
}
