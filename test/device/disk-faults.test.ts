import { expect, test, vi } from "vitest";
import { FirstbootError } from "../../src/error.js";
import { supervise, type VirtualHost, VirtualWorld } from "../../src/testing/index.js";
import type { World } from "../../src/world/world.js";
import { type FirstBoot, judgeSite, placed, siteLife } from "./support/first-boot.js";
import { boardLife, judgeBoard, placedBoard } from "./support/first-boot-board.js";

vi.setConfig({ testTimeout: 120_000 });

/** How long a disk fails, and how long the device has afterwards, milliseconds. */
const failsMs = 60_000;
const laterMs = 600_000;

/** A kind of device and its first boot. */
interface Kind {
  place(virtual: VirtualWorld, host: VirtualHost): Promise<FirstBoot>;
  life(subject: FirstBoot, world: World): Promise<unknown>;
  judge(subject: FirstBoot, host: VirtualHost): Promise<void>;
}

/** What goes wrong with a disk, or ends. */
type Fault = (host: VirtualHost, isOn: boolean) => void;

const readOnly: Fault = ({ disk }, isOn) => {
  disk.readOnly = isOn;
};
const full: Fault = ({ disk }, isOn) => {
  disk.capacity = isOn ? 0 : Number.POSITIVE_INFINITY;
};
const failing: Fault = ({ disk }, isOn) => {
  disk.failing = isOn;
};

/** One life; where a person has to mend something, the service manager tries again. */
async function triedAgain(kind: Kind, subject: FirstBoot, world: World): Promise<void> {
  try {
    await kind.life(subject, world);
  } catch (error) {
    if (!(error instanceof FirstbootError)) throw error;
    expect(error.code).toBe("FB1002");
    world.process.kill();
  }
}

/** Plays a first boot in which the disk fails from a call on for a while; without one, counts the calls. */
async function played(kind: Kind, fault: Fault, from = Number.POSITIVE_INFINITY): Promise<number> {
  const virtual = new VirtualWorld({ seed: 1 });
  return virtual.run(async () => {
    const host = virtual.host("box");
    const subject = await kind.place(virtual, host);
    const { operator } = subject.plane;
    let calls = 0;
    host.hazard = () => {
      calls += 1;
      if (calls === from) {
        fault(host, true);
        virtual.after(failsMs, () => fault(host, false));
      }
      return undefined;
    };
    supervise(virtual, host, (world) => triedAgain(kind, subject, world), { restartAfterMs: 1_000 });
    await operator.clock.sleep(failsMs);
    const inFirstBoot = calls;
    await operator.clock.sleep(laterMs);
    // A copy that could not be written is written at the next start.
    host.kill();
    await operator.clock.sleep(failsMs);
    await kind.judge(subject, host);
    subject.plane.close();
    return inFirstBoot;
  });
}

const site: Kind = {
  place: (virtual, host) => placed(virtual, host, { blueprints: true }),
  life: siteLife,
  judge: judgeSite,
};
const board: Kind = { place: placedBoard, life: boardLife, judge: judgeBoard };

test.each([
  ["a site", "read-only", site, readOnly],
  ["a site", "full", site, full],
  ["a site", "broken", site, failing],
  ["an EdgeFlow device", "read-only", board, readOnly],
  ["an EdgeFlow device", "full", board, full],
  ["an EdgeFlow device", "broken", board, failing],
])(
  "%s whose disk is %s from any call of its first boot on costs one use once it is mended",
  async (name, how, kind, fault) => {
    const calls = await played(kind, fault);
    process.stdout.write(`${name}, disk ${how}: ${calls} points\n`);
    expect(calls).toBeGreaterThan(20);
    for (let from = 1; from <= calls; from += 1) {
      await played(kind, fault, from).catch((error: unknown) => {
        throw new Error(`from call ${from} on`, { cause: error });
      });
    }
  },
);
