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

/** How large the text of a frame may be that is to be read whole. */
export interface TextBounds {
  readonly characters: number;
  /** Values between commas. One that does not fit its schema costs a thousand times what it is long. */
  readonly parts: number;
}

export function isWithin(text: string, { characters, parts }: TextBounds): boolean {
  if (text.length > characters) return false;
  // Each part but the first has its comma.
  if (text.length < parts) return true;
  let count = 1;
  for (let at = text.indexOf(","); at !== -1 && count <= parts; at = text.indexOf(",", at + 1)) count += 1;
  return count <= parts;
}

/** A text as a binary frame. */
export function compressed(text: string): Uint8Array {
  return gzipSync(text);
}
