import { gunzipSync, gzipSync } from "node:zlib";
import type { Message } from "../../world/network.js";

/** The text of a frame: a binary one is gzip of it (PROTOCOLS A9). Undefined for one that is none, or longer than `most` bytes. */
export function frameText(frame: Message, most: number): string | undefined {
  if (typeof frame === "string") return frame;
  try {
    return gunzipSync(frame, { maxOutputLength: most }).toString("utf8");
  } catch {
    return undefined;
  }
}

/** A text as a binary frame. */
export function compressed(text: string): Uint8Array {
  return gzipSync(text);
}
