import type { VirtualDevice } from "../device.js";
import { allWithin, type Fleet, type Phase } from "../fleet.js";
import { refusalIn } from "../refusal.js";

/** How long a server may take to refuse a device, milliseconds. */
const limitMs = 15_000;

const surplus = ({ devices }: Fleet): VirtualDevice[] => devices.filter(({ spec }) => spec.surplus);
const isRefused = ({ history }: VirtualDevice): boolean => refusalIn(history) !== undefined;

/** A key whose devices have not all enrolled has uses left for others. */
function limitReached({ devices }: Fleet, { spec: { population } }: VirtualDevice): boolean {
  return devices.every(({ spec, enrolled }) => spec.population !== population || spec.surplus || enrolled);
}

/** Devices beyond the limit boot once all others have: the server should say no. */
export const refuse: Phase = {
  name: "refuse",
  title: "devices beyond the limit try their luck",
  size: (fleet) => surplus(fleet).length,
  run: async (fleet, advanced) => {
    const devices = surplus(fleet);
    const ready = devices.filter((device) => limitReached(fleet, device));
    const boots = ready.map(async (device) => {
      await device.start().outcome;
      if (isRefused(device)) advanced();
    });
    await allWithin(fleet, boots, limitMs);
    const idle = devices.length - ready.length;
    const note = idle > 0 ? { note: `Not tried: ${idle} whose key or codes have uses left` } : {};
    return { expected: devices.length, done: devices.filter(isRefused).length, ...note };
  },
};
