import { frameText } from "../../../protocol/newt/frame.js";
import { knownHeartbeat } from "../../../protocol/newt/heartbeat.js";
import { decodeMessage, type NewtMessage } from "../../../protocol/newt/message.js";
import type { Message } from "../../../world/network.js";
import { isTooDeep } from "../../json-depth.js";

/** The longest message that a compressed frame may hold, bytes; as long as one that is not. */
const maxInflated = 1 << 20;

/** How much of a message an answer repeats, characters. */
const maxExcerpt = 200;

/** The text of a frame, inflated if need be; undefined if it has none, or too long a one. */
export function textOf(frame: Message): string | undefined {
  return frameText(frame, maxInflated);
}

/** The message that a text holds, or undefined if it holds none. */
export function readMessage(text: string): NewtMessage | undefined {
  return knownHeartbeat(text) ?? (isTooDeep(text) ? undefined : decodeMessage(text));
}

/** The begin of a message, to say which one is meant. */
export function excerpt(frame: Message): string {
  return typeof frame === "string" ? frame.slice(0, maxExcerpt) : `${frame.length} bytes`;
}
