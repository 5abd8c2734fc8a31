import { z } from "zod";
import type { Services } from "../../services.js";
import type { Command, CommandOutcome } from "./command-queue.js";

const DesiredPayload = z.object({ desired: z.record(z.string(), z.unknown()) });

/**
 * Runs a command on a device. `update_desired` changes the device's shadow first: the device answers with the delta that
 * it then fetches (PROTOCOLS C4).
 */
export async function sendCommand(
  { devices, store }: Services,
  deviceId: string,
  command: Command,
  timeoutMs: number,
): Promise<CommandOutcome> {
  const wish = command.action === "update_desired" ? DesiredPayload.safeParse(command.payload) : undefined;
  if (wish?.success) await store.shadows.desire(deviceId, wish.data.desired);
  const session = devices.get(deviceId);
  return session ? session.commands.run(command, timeoutMs) : "offline";
}
