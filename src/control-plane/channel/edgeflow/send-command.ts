import { reasonOf } from "../../../error.js";
import { DesiredPayload } from "../../../protocol/edgeflow/actions.js";
import type { Services } from "../../services.js";
import type { OrgDecider } from "../../store/base.js";
import type { Command, CommandOutcome } from "./command-queue.js";

/** How a device fetches its shadow (PROTOCOLS C4). */
const fetches = "update_desired";

/** How long a device may take to fetch its shadow, milliseconds. */
const fetchMs = 10_000;

/** An action as it may be put on record: what has not the form of one may be anything. */
const writable = /^[a-z][a-z0-9_]{0,63}$/;

function nameOf(outcome: CommandOutcome): string {
  return typeof outcome === "string" ? outcome : outcome.status;
}

async function run(
  { devices, metrics }: Services,
  deviceId: string,
  command: Command,
  timeoutMs: number,
): Promise<CommandOutcome> {
  const outcome = (await devices.get(deviceId)?.commands.run(command, timeoutMs)) ?? "offline";
  metrics.commands.add(nameOf(outcome));
  return outcome;
}

/**
 * Runs a command on a device, and puts on record that it was. `update_desired` changes the device's shadow first: the
 * device answers with the delta that it then fetches (PROTOCOLS C4).
 */
export async function sendCommand(
  services: Services,
  deviceId: string,
  command: Command,
  timeoutMs: number,
  decider: OrgDecider,
): Promise<CommandOutcome | "too large"> {
  const { store, world } = services;
  const wish = command.action === fetches ? DesiredPayload.safeParse(command.payload) : undefined;
  if (wish?.success) {
    const shadow = await store.shadows.desire(deviceId, wish.data, decider);
    if (shadow === "too large") return shadow;
  }
  const outcome = await run(services, deviceId, command, timeoutMs);
  // Nothing was sent, and who asks again and again must not fill the record.
  if (outcome === "busy") return outcome;
  const action = writable.test(command.action) ? command.action : "an action without a name";
  // What the device has done is done: its answer is not withheld.
  await store.devices.commanded(deviceId, `${action}: ${nameOf(outcome)}`, decider).catch((error: unknown) => {
    world.log.error("command not on record", { deviceId, action, reason: reasonOf(error) });
  });
  return outcome;
}

/** Has a device fetch its shadow, if it is connected and not about to anyway; what goes wrong is logged. */
export function announceDesired(
  services: Services,
  deviceId: string,
  desired: Readonly<Record<string, unknown>>,
): void {
  const { devices, world } = services;
  const device = devices.get(deviceId);
  if (!device || device.commands.holds(fetches)) return;
  run(services, deviceId, { action: fetches, payload: { desired } }, fetchMs).then(
    (outcome) => {
      const reason = nameOf(outcome);
      if (reason !== "success") world.log.warn("shadow not fetched", { deviceId, reason });
    },
    (error: unknown) => world.log.error("shadow not announced", { deviceId, reason: reasonOf(error) }),
  );
}
