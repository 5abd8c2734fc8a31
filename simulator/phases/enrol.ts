import type { VirtualDevice } from "../device.js";
import type { Fleet, Phase } from "../fleet.js";
import { type Boot, ride } from "../wave.js";

const wanted = ({ devices }: Fleet): VirtualDevice[] => devices.filter(({ spec }) => !spec.surplus);

/** First boots: exchange, persist, connect, blueprint. */
export const enrol: Phase = {
  name: "enrol",
  title: "devices boot for the first time",
  size: (fleet) => wanted(fleet).length,
  run: async (fleet, advanced) => {
    const devices = wanted(fleet);
    const boot = (device: VirtualDevice): Boot => firstBoot(fleet, device, advanced);
    const heldBackMs = await ride(fleet, "enrol", devices, fleet.scenario.phases.enrol, boot);
    return { expected: devices.length, done: devices.filter(({ enrolled }) => enrolled).length, heldBackMs };
  },
};

function firstBoot(fleet: Fleet, device: VirtualDevice, advanced: () => void): Boot {
  const began = fleet.now();
  fleet.metrics.timeline.add("arrivals", began);
  const { calm, outcome } = device.start();
  const done = outcome.then((how) => {
    if (how !== "ready") return;
    const at = fleet.now();
    fleet.metrics.record("provision", at - began);
    fleet.metrics.timeline.add("enrolled", at);
    advanced();
  });
  return { calm, done };
}
