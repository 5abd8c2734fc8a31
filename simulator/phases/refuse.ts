import type { VirtualDevice } from "../device.js";
import { allWithin, type Fleet, type Phase } from "../fleet.js";

/** How long a server may take to refuse a device, milliseconds. */
const limitMs = 15_000;

const surplus = ({ devices }: Fleet): VirtualDevice[] => devices.filter(({ spec }) => spec.surplus);

/** The server's reason for refusing a device, if it did. */
export function refusalOf({
  history,
}: VirtualDevice): { readonly reason: string; readonly status: number } | undefined {
  const end = history.of("stopped").find(({ event }) => event.reason.kind !== "stopped")?.event.reason;
  if (!end || end.kind === "stopped" || end.status === undefined) return undefined;
  return { reason: end.reason, status: end.status };
}

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
    const boots = devices
      .filter((device) => limitReached(fleet, device))
      .map(async (device) => {
        await device.start().outcome;
        if (refusalOf(device)) advanced();
      });
    await allWithin(fleet, boots, limitMs);
    return { expected: devices.length, done: devices.filter((device) => refusalOf(device)).length };
  },
};
