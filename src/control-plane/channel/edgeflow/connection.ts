import type { Frame } from "../../../protocol/edgeflow/frame.js";
import type { Live } from "../presence.js";
import type { CommandQueue } from "./command-queue.js";

/** An EdgeFlow device's tunnel, as handlers and commands see it. */
export interface DeviceConnection extends Live {
  readonly commands: CommandQueue;
  send(frame: Frame): void;
  /** Tells the device what was wrong; it goes on. */
  complain(error: string): void;
  /** Tells the device why, and closes for good. */
  reject(error: string): void;
  /** Whether it has been given its time and has not said who it is. */
  isOverdue(now: number): boolean;
}
