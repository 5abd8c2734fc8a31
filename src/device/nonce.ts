import { dirname } from "node:path/posix";
import { nonceHeader, parseNonce } from "../provisioning/nonce.js";
import type { BoxId } from "./box.js";
import { prepare, readText, removeDurably } from "./files.js";
import type { Host } from "./host.js";

/** A nonce's file has a word a line: the nonce, the box that it was made on, and with this before it what it was sent for. */
const sentFor = "for:";

interface KeptNonce {
  readonly nonce: string;
  /** Hashes of keys or codes, newest first, as far as they were told. */
  readonly sentFor: readonly string[];
}

/** The nonce in a file, unless it was made on another box than this one: a disk that was copied has it too. */
function keptNonce(text: string | undefined, box: BoxId | undefined): KeptNonce | undefined {
  const [first, ...words] = text?.trim().split(/\s+/) ?? [];
  const nonce = parseNonce(first);
  const madeOn = words.find((word) => !word.startsWith(sentFor));
  const isOthers = madeOn !== undefined && box !== undefined && madeOn !== box;
  if (nonce === undefined || isOthers) return undefined;
  return { nonce, sentFor: words.filter((word) => word.startsWith(sentFor)).map((word) => word.slice(sentFor.length)) };
}

/** How many of the things that a nonce was sent for are remembered. */
const remembered = 16;

/**
 * The request header with this device's nonce, made once and safe on disk before the first exchange, so that every life
 * of the device asks with the same one. It is bound to its box: on another it is replaced. `purpose` is the hash of what it
 * is sent for, where that may be another at the next start. Nothing for a persona without nonces. Throws FB1002.
 */
export async function nonceHeaders(
  host: Host,
  file: string,
  box?: BoxId,
  purpose?: string,
): Promise<Record<string, string>> {
  if (!host.persona.nonce) return {};
  const kept = keptNonce(await readText(host, file), box);
  const before = kept?.sentFor ?? [];
  const isNew = purpose !== undefined && !before.includes(purpose);
  const nonce = kept?.nonce ?? host.world.random.bytes(32).toString("hex");
  if (!kept || isNew) {
    const purposes = (isNew ? [purpose, ...before] : before).slice(0, remembered).map((hash) => sentFor + hash);
    await prepare(host, file, [nonce, box, ...purposes, ""].filter((line) => line !== undefined).join("\n"));
  }
  return { [nonceHeader]: nonce };
}

/**
 * Removes the nonce that an earlier life left behind. That life may have died before the credentials beside it were safe from
 * a power loss, and once the nonce is gone nothing tells: so they are made safe first. One that was sent for something that is
 * not settled stays: its answer can still be had.
 */
export async function dropLeftNonce(
  host: Host,
  file: string,
  isSettled: (purpose: string) => boolean = () => true,
): Promise<void> {
  const { disk } = host.world;
  if ((await disk.stat(file)) === undefined) return;
  const kept = keptNonce(await readText(host, file), undefined);
  if (kept && !kept.sentFor.every(isSettled)) return;
  await disk.fsyncDirectory(dirname(file));
  await removeDurably(host, file);
}
