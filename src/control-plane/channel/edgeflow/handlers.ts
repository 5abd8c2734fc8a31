import type { Frame } from "../../../protocol/edgeflow/frame.js";
import type { DeviceSession } from "./session.js";

/** Acts on one type of frame of a device that is connected. */
export type DeviceHandler = (session: DeviceSession, frame: Frame) => void;

/** What devices say that is acted on (PROTOCOLS C3); everything else is accepted in silence. */
export const deviceHandlers: ReadonlyMap<string, DeviceHandler> = new Map<string, DeviceHandler>([
  ["ping", (session) => session.send({ type: "pong" })],
  ["response", ({ commands }, frame) => commands.answer(frame)],
]);
