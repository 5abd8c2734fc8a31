import type { Frame } from "../../../protocol/edgeflow/frame.js";
import type { DeviceConnection } from "./connection.js";

/** Acts on one type of frame of a device that is connected. */
export type DeviceHandler = (connection: DeviceConnection, frame: Frame) => void;

/** What devices say that is acted on (PROTOCOLS C3); everything else is accepted in silence. */
export const deviceHandlers: ReadonlyMap<string, DeviceHandler> = new Map<string, DeviceHandler>([
  ["ping", (connection) => connection.send({ type: "pong" })],
  ["response", ({ commands }, frame) => commands.answer(frame)],
]);
