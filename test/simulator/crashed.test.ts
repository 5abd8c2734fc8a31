import { expect, it, vi } from "vitest";
import { VirtualDevice } from "../../simulator/device.js";
import { identityOf } from "../../simulator/identity.js";
import { edgeflowField, newt, type Persona } from "../../src/device/persona.js";
import { realWorld } from "../../src/world/real/index.js";

vi.mock("../../simulator/agent.js", () => ({
  createAgent: () => ({
    run: async () => ({ kind: "crashed", reason: "two answers at once" }),
    stop: async () => {},
    deviceId: () => "",
  }),
}));

/** When a device whose program has crashed is to be started again. */
async function delaysOf(persona: Persona): Promise<number[]> {
  const delays: number[] = [];
  const device = new VirtualDevice(
    {
      ...{ name: "boards/0000", population: "boards", kind: "edgeflow", index: 0, directory: "/", files: [] },
      ...{ identity: identityOf(1, 0, 0), persona, blueprints: new Map(), surplus: false },
    },
    {
      now: () => 0,
      after: (ms) => {
        delays.push(ms);
        return { cancel: () => {} };
      },
      observe: () => {},
      box: () => ({ boot: () => realWorld(), cutPower: () => {}, returnsAfterMs: () => 0 }),
    },
  );
  await device.start().calm;
  device.kill();
  return delays;
}

it("a program that came down by a fault of its own is started again, though its persona gives up quietly", async () => {
  expect(edgeflowField.restartAfterMs).toBeUndefined();
  expect(await delaysOf(edgeflowField)).toEqual([5_000]);
  expect(await delaysOf({ ...newt, restartAfterMs: 7 })).toEqual([7]);
});
