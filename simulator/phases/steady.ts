import { reasonOf } from "../../src/error.js";
import type { VirtualDevice } from "../device.js";
import { type Fleet, inParallel, type Phase } from "../fleet.js";

/** Commands under way at once. */
const width = 32;

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
    await inParallel(fleet, devices, width, (device) => askForHealth(fleet, device, advanced));
    await holding;
    return { expected: devices.length, done: devices.filter(({ answered }) => answered).length };
  },
};

async function askForHealth(fleet: Fleet, device: VirtualDevice, advanced: () => void): Promise<void> {
  const [deviceId = ""] = device.deviceIds;
  device.asked = true;
  const began = fleet.world.clock.monotonic();
  try {
    const { status, error } = await fleet.client.command(fleet.org, deviceId, { action: "health_check" });
    if (status !== "success") throw new Error(error ?? "the device answered with an error");
    fleet.metrics.record("command", fleet.world.clock.monotonic() - began);
    device.answered = true;
    advanced();
  } catch (error) {
    fleet.metrics.failed("command", reasonOf(error), fleet.now());
  }
}
