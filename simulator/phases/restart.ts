import type { VirtualDevice } from "../device.js";
import type { Fleet, Phase } from "../fleet.js";
import { type Boot, ride } from "../wave.js";

const enrolled = ({ devices }: Fleet): VirtualDevice[] => devices.filter((device) => device.enrolled);

/** Every device ends, half of them as in a power cut, and starts again from its disk. */
export const restart: Phase = {
  name: "restart",
  title: "every device restarts from its disk",
  size: (fleet) => enrolled(fleet).length,
  run: async (fleet, advanced) => {
    const { restart: wave } = fleet.scenario.phases;
    const devices = enrolled(fleet);
    const boot = (device: VirtualDevice): Promise<Boot> => nextBoot(fleet, device, advanced);
    const heldBackMs = wave ? await ride(fleet, "restart", devices, wave, boot) : 0;
    return { expected: devices.length, done: devices.filter(({ restarted }) => restarted).length, heldBackMs };
  },
};

async function nextBoot(fleet: Fleet, device: VirtualDevice, advanced: () => void): Promise<Boot> {
  const powerCut = fleet.random.fork(`power/${device.spec.name}`).float() < 0.5;
  if (powerCut) device.kill();
  else await device.stop();
  if (fleet.signal.aborted) return { calm: Promise.resolve(), done: Promise.resolve() };
  const began = fleet.now();
  const { calm, outcome } = device.start();
  const done = outcome.then((how) => {
    if (how !== "ready") return;
    device.restarted = true;
    const at = fleet.now();
    fleet.metrics.record("restart", at - began);
    fleet.metrics.timeline.add("restarted", at);
    advanced();
  });
  return { calm, done };
}
