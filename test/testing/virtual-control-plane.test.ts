import { describe, expect, it } from "vitest";
import { NewtSite } from "../../src/device/index.js";
import {
  linkProfiles,
  startVirtualControlPlane,
  supervise,
  type VirtualControlPlane,
  type VirtualControlPlaneOptions,
  VirtualWorld,
} from "../../src/testing/index.js";

const day = 86_400_000;

/** Runs a test in a virtual world with a control plane. */
async function within(
  test: (plane: VirtualControlPlane, virtual: VirtualWorld) => Promise<void>,
  options: VirtualControlPlaneOptions = {},
): Promise<VirtualWorld> {
  const virtual = new VirtualWorld({ seed: 5 });
  await virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual, options);
    await test(plane, virtual);
    plane.close();
  });
  return virtual;
}

describe("a control plane in a virtual world", () => {
  it("keeps what was committed through a kill and a power loss", async () => {
    await within(async (plane) => {
      const { client, org, host, operator } = plane;
      await client.createKey(org, { name: "kept", maxBatchSize: 1 });
      host.kill();
      await operator.clock.sleep(5_000);
      host.losePower();
      await operator.clock.sleep(5_000);
      expect(await client.listKeys(org)).toMatchObject([{ name: "kept" }]);
      expect(plane.lives).toBe(3);
    });
  });

  it("stays down for as long as it is told", async () => {
    await within(
      async ({ client, org, host, operator }) => {
        host.kill();
        await operator.clock.sleep(59_000);
        await expect(client.listKeys(org)).rejects.toMatchObject({ code: "FB3001" });
        await operator.clock.sleep(2_000);
        expect(await client.listKeys(org)).toEqual([]);
      },
      { downtimeMs: 60_000 },
    );
  });

  it("holds a site behind a mobile link for a day, in a moment, by the same trace for the same seed", async () => {
    const aDay = (): Promise<VirtualWorld> =>
      within(async ({ client, org, url, operator }, virtual) => {
        const { siteProvisioningKey } = await client.createKey(org, { name: "acme", maxBatchSize: 1 });
        const box = virtual.host("box", linkProfiles.mobile);
        box.disk.put("newt.json", JSON.stringify({ endpoint: url, provisioningKey: siteProvisioningKey }));
        supervise(virtual, box, (world) => new NewtSite(world, { configFile: "newt.json" }).run(), {
          restartAfterMs: 1_000,
        });
        await operator.clock.sleep(day);
        expect(await client.listSites(org)).toMatchObject([{ online: true }]);
      });
    const [first, second] = [await aDay(), await aDay()];
    expect(first.now).toBeGreaterThan(day);
    expect(second.hash).toBe(first.hash);
  });

  it("logs nothing of the key that its API takes", async () => {
    await within(async (plane) => {
      await plane.client.listKeys(plane.org);
      expect(plane.log).not.toContain(plane.apiKey.split(".")[1]);
    });
  });
});
