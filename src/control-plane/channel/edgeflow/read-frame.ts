import {
  decodeFrame,
  type Frame,
  type FrameName,
  type FrameType,
  frameTypes,
  isFrameName,
} from "../../../protocol/edgeflow/frame.js";
import type { Message } from "../../../world/network.js";
import { isTooDeep } from "../../json-depth.js";

/** What came on a tunnel: a frame that devices send, or what is wrong with it. */
export type Received =
  | { readonly type: FrameName; readonly frame: Frame }
  | { readonly type: "other" | "error"; readonly fault: string };

/** Reads what a device has sent, by the table of frames. A fault repeats the name of a type at most. */
export function readFrame(message: Message): Received {
  if (typeof message !== "string") return { type: "error", fault: "text frames only" };
  const frame = isTooDeep(message) ? undefined : decodeFrame(message);
  if (!frame) return { type: "error", fault: "malformed frame" };
  const { type } = frame;
  if (!isFrameName(type)) return { type: "other", fault: `unknown frame type: ${type}` };
  const { from, needs }: FrameType = frameTypes[type];
  if (!from.includes("device")) return { type: "error", fault: `a device does not send ${type}` };
  const missing = needs.find((name) => frame[name] === undefined);
  return missing === undefined ? { type, frame } : { type: "error", fault: `${type} without ${missing}` };
}
