import type { Frame, FrameName } from "../../../protocol/edgeflow/frame.js";
import type { DeviceConnection } from "./connection.js";

/**
 * Acts on a frame of a device that is connected; gives what that costs of the device's allowance. Reconnecting leaves
 * heartbeat loops behind in the field (PROTOCOLS D4, 46), so that heartbeats cost little.
 */
export type DeviceHandler = (connection: DeviceConnection, frame: Frame) => number;

/** What devices say (PROTOCOLS C3). */
export const deviceHandlers: Readonly<Partial<Record<FrameName, DeviceHandler>>> = {
  connect: (connection) => {
    connection.complain("already connected");
    return 1;
  },
  ping: (connection) => {
    connection.send({ type: "pong" });
    connection.commands.beat();
    return 0.1;
  },
  response: ({ commands }, frame) => (commands.answer(frame) ? 0 : 1),
  // Nothing calls what devices have for this, but one that does waits 30 s for its answer.
  command: (connection, { id }) => {
    connection.send({ type: "response", ...(id !== undefined && { id }), status: "error", error: refusal });
    return 1;
  },
  // To answer an error with an error could go on for ever.
  error: () => 1,
};

const refusal = "the cloud takes no commands";
