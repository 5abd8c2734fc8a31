import type { Frame } from "../../protocol/edgeflow/index.js";
import { goJson } from "../../protocol/go-json.js";

/** The longest frame that a cloud need take, bytes. */
const longest = 1 << 20;

/** A frame as text; undefined if it is too long, or nests too deep to be written: a shadow may be anything. */
export function writtenFrame(frame: Frame): string | undefined {
  try {
    const text = goJson(frame);
    return Buffer.byteLength(text) <= longest ? text : undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}
