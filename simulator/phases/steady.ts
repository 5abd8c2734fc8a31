import { reasonOf } from "../../src/error.js";
import { IntegrationRefusal } from "../../src/protocol/integration/index.js";
import type { VirtualDevice } from "../device.js";
import { allWithin, type Fleet, inParallel, type Phase } from "../fleet.js";

/** Commands under way at once. */
const width = 32;
/** How long all of them may take if the phase is shorter, milliseconds. */
const limitMs = 60_000;

const asked = ({ devices, scenario }: Fleet): VirtualDevice[] =>
  scenario.phases.steady?.healthCheck
    ? devices.filter(({ spec, enrolled }) => spec.kind === "edgeflow" && enrolled)
    : [];

/** The fleet holds its channels for a while; EdgeFlow devices are asked for their health. */
export const steady: Phase = {
  name: "steady",
  title: "channels hold, heartbeats go",
  size: (fleet) => asked(fleet).length,
  run: async (fleet, advanced) => {
    const { for: length } = fleet.scenario.phases.steady ?? { for: 0 };
    const devices = asked(fleet);
    const holding = fleet.world.clock.sleep(length, fleet.signal);
    const asking = inParallel(fleet, devices, width, (device) => askForHealth(fleet, device, advanced));
    await allWithin(fleet, [asking], Math.max(length, limitMs));
    await holding;
    return { expected: devices.length, done: devices.filter(({ answered }) => answered).length };
  },
};

/** A device that has no channel at the moment is not asked, and so does not answer. */
async function askForHealth(fleet: Fleet, device: VirtualDevice, advanced: () => void): Promise<void> {
  const deviceId = [...device.deviceIds].at(-1);
  if (!device.online || deviceId === undefined) return;
  const began = fleet.world.clock.monotonic();
  try {
    const { status, error } = await fleet.client.command(fleet.org, deviceId, { action: "health_check" });
    device.asked = true;
    if (status !== "success") throw new Error(error ?? "the device answered with an error");
    fleet.metrics.record("command", fleet.world.clock.monotonic() - began);
    device.answered = true;
    advanced();
  } catch (error) {
    device.asked ||= device.online && error instanceof IntegrationRefusal;
    fleet.metrics.failed("command", reasonOf(error), fleet.now());
  }
}
