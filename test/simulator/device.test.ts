import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VirtualDevice } from "../../simulator/device.js";
import { identityOf } from "../../simulator/identity.js";
import type { DeviceSpec } from "../../simulator/spec.js";
import { newt } from "../../src/device/persona.js";
import { NetworkError } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { changed } from "../changed.js";

/** A stock site that finds nobody, and the starts that its supervisor has planned. */
async function lonelySite(more: Partial<DeviceSpec> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "firstboot-device-"));
  await writeFile(
    join(directory, "newt.json"),
    JSON.stringify({ endpoint: "https://127.0.0.1:9", provisioningKey: "k" }),
  );
  const planned = new Set<() => void>();
  const delays: number[] = [];
  const spec: DeviceSpec = {
    ...{ name: "sites/0000", population: "sites", kind: "newt", index: 0, directory, files: [] },
    ...{ identity: identityOf(1, 0, 0), persona: newt, blueprints: new Map(), surplus: false },
    ...more,
  };
  const device = new VirtualDevice(spec, {
    now: () => 0,
    after: (ms, fn) => {
      delays.push(ms);
      planned.add(fn);
      return { cancel: () => planned.delete(fn) };
    },
    observe: () => {},
    box: () => ({
      boot: () => {
        const world = realWorld({ root: directory });
        const request = () => Promise.reject(new NetworkError("nobody there"));
        return { ...world, network: changed(world.network, { request }) };
      },
      cutPower: () => {},
      returnsAfterMs: () => 0,
    }),
  });
  return { device, planned, delays };
}

describe("a device whose program ends by itself", () => {
  it("is started again by its supervisor, after the persona's delay", async () => {
    const { device, planned, delays } = await lonelySite();
    await device.start().calm;
    expect([device.lives, delays]).toEqual([1, [newt.restartAfterMs]]);
    for (const boot of planned) boot();
    expect(device.lives).toBe(2);
    device.kill();
  });

  it.each(["stop", "kill"] as const)("is not started again after a %s", async (end) => {
    const { device, planned } = await lonelySite();
    const { calm, outcome } = device.start();
    await calm;
    await device[end]();
    expect(planned.size).toBe(0);
    expect(await outcome).toBe("ended");
  });

  it("is not started again when it is beyond the limit: one refusal says it all", async () => {
    const { device, planned } = await lonelySite({ surplus: true });
    expect(await device.start().outcome).toBe("ended");
    expect(planned.size).toBe(0);
  });
});
