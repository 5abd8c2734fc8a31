import { dirname } from "node:path/posix";
import { nonceHeader, parseNonce } from "../provisioning/nonce.js";
import { prepare, readText, removeDurably } from "./files.js";
import type { Host } from "./host.js";

/**
 * The request header with this device's nonce, made once and safe on disk before the first exchange, so that every life
 * of the device asks with the same one. Nothing for a persona without nonces.
 */
export async function nonceHeaders(host: Host, file: string): Promise<Record<string, string>> {
  if (!host.persona.nonce) return {};
  const kept = parseNonce((await readText(host, file))?.trim());
  if (kept !== undefined) return { [nonceHeader]: kept };
  const nonce = host.world.random.bytes(32).toString("hex");
  await prepare(host, file, `${nonce}\n`);
  return { [nonceHeader]: nonce };
}

/**
 * Removes the nonce that an earlier life left behind. That life may have died before the credentials beside it were safe from
 * a power loss, and once the nonce is gone nothing tells: so they are made safe first.
 */
export async function dropLeftNonce(host: Host, file: string): Promise<void> {
  const { disk } = host.world;
  if ((await disk.stat(file)) === undefined) return;
  await disk.fsyncDirectory(dirname(file));
  await removeDurably(host, file);
}
