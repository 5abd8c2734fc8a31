import { Slots } from "../src/world/slots.js";
import type { VirtualDevice } from "./device.js";
import { allWithin, type Fleet } from "./fleet.js";
import type { Wave } from "./scenario.js";

/** A boot that is under way. */
export interface Boot {
  /** The device needs no more of the machine: it is ready, has ended, or waits before it tries again. */
  readonly calm: Promise<void>;
  /** It is ready, and that is written down; or it has ended. */
  readonly done: Promise<void>;
}

/**
 * Boots each device at a moment drawn from the seed, and no more at once than the wave allows. Resolves when all are done
 * or the time is over, with the longest that a device was held back, in milliseconds.
 */
export async function ride(
  fleet: Fleet,
  name: string,
  devices: readonly VirtualDevice[],
  { over, within, atOnce }: Wave,
  boot: (device: VirtualDevice) => Boot | Promise<Boot>,
): Promise<number> {
  const { world, signal } = fleet;
  const random = fleet.random.fork(name);
  const arrivals = devices.map((device) => ({ device, at: random.fork(device.spec.name).float() * over }));
  arrivals.sort((a, b) => a.at - b.at);
  const slots = new Slots(atOnce);
  const began = fleet.now();
  const ended = (): boolean => signal.aborted || fleet.now() - began >= within;
  let heldBackMs = 0;

  async function bootOne(device: VirtualDevice): Promise<void> {
    const { calm, done } = await boot(device);
    void calm.then(() => slots.release());
    await done;
  }

  async function bootAll(): Promise<void> {
    const boots: Promise<void>[] = [];
    for (const { device, at } of arrivals) {
      const wait = began + at - fleet.now();
      if (wait > 0) await world.clock.sleep(wait, signal);
      await slots.take();
      if (ended()) return;
      heldBackMs = Math.max(heldBackMs, fleet.now() - began - at);
      boots.push(bootOne(device));
    }
    await Promise.all(boots);
  }

  await allWithin(fleet, [bootAll()], within);
  return heldBackMs;
}
