import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeviceEvent, EdgeFlowDevice, NewtSite } from "../../src/device/index.js";
import { startControlPlane, type TestControlPlane } from "../../src/testing/index.js";
import type { World } from "../../src/world/world.js";
import { facts } from "../device/support/edgeflow.js";

const bootstrap = readFileSync(new URL("../../examples/blueprints/bootstrap.yaml", import.meta.url), "utf8");

let plane: TestControlPlane;
beforeEach(async () => {
  plane = await startControlPlane();
});
afterEach(() => plane.close());

/** Runs a device until an event of a type comes; the device goes on. */
function until(
  type: DeviceEvent["type"],
  start: (onEvent: (event: DeviceEvent) => void) => { run(): Promise<unknown> },
): Promise<DeviceEvent> {
  return new Promise((resolve, reject) => {
    start((event) => event.type === type && resolve(event))
      .run()
      .then((reason) => reject(new Error(`ended before "${type}": ${JSON.stringify(reason)}`)), reject);
  });
}

describe("a first boot against the real control plane", () => {
  it("takes a site from key to approval: one use, one site, its blueprint parked and then applied", async () => {
    const { client, org } = plane;
    const key = await client.createKey(org, { name: "acme", maxBatchSize: 1, approveNewSites: false });
    const config = {
      endpoint: plane.url,
      provisioningKey: key.siteProvisioningKey,
      name: "{{env.SERIAL_NUMBER}}-edge",
      provisioningBlueprintFile: "bootstrap.yaml",
    };
    const first = await plane.device("box", { env: { SERIAL_NUMBER: "SN1" } });
    await first.disk.write("newt.json", JSON.stringify(config), { mode: 0o600 });
    await first.disk.write("bootstrap.yaml", bootstrap);
    const answered = await until("blueprint", (onEvent) => new NewtSite(first, { configFile: "newt.json", onEvent }));
    expect(answered).toMatchObject({ success: true, message: expect.stringMatching(/approv/i) });

    const [site] = await client.listSites(org, { status: "pending" });
    expect(site).toMatchObject({ name: "SN1-edge", online: true, siteProvisioningKeyId: key.siteProvisioningKeyId });
    expect(await client.listBlueprints(org)).toMatchObject([{ siteId: site?.siteId, parked: true }]);
    await client.approveSite(site?.siteId ?? 0);
    expect(await client.listSites(org, { status: "approved" })).toHaveLength(1);
    expect(await client.listBlueprints(org)).toMatchObject([{ siteId: site?.siteId, parked: false, succeeded: true }]);

    first.process.kill();
    const second = await plane.device("box", { env: { SERIAL_NUMBER: "SN1" } });
    await until("connected", (onEvent) => new NewtSite(second, { configFile: "newt.json", onEvent }));
    expect(await client.listKeys(org)).toMatchObject([{ numUsed: 1, state: "used_up" }]);
    expect(await client.listSites(org)).toHaveLength(1);
    expect(JSON.parse((await second.disk.read("newt.json"))?.toString() ?? "")).not.toHaveProperty("provisioningKey");
  });

  it("takes a board from one-time code to an answered health check, and back after a power cut", async () => {
    const { client, org } = plane;
    const { codes } = await client.createCodes(org, { name: "boards", quantity: 1, ttlSeconds: 3600 });
    const env = `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${new URL(plane.url).host}\nEDGEFLOW_PROVISIONING_CODE=${codes[0]}\n`;
    const boot = (world: World) => (onEvent: (event: DeviceEvent) => void) =>
      new EdgeFlowDevice(world, { envFile: ".env", stateDirectory: "state", facts, onEvent });
    const first = await plane.device("board");
    await first.disk.write(".env", env, { mode: 0o600 });
    await until("connected", boot(first));
    const [device] = await client.listDevices(org);
    expect(device).toMatchObject({
      online: true,
      boardModel: facts.hardware.board_model,
      macAddress: facts.network.mac_address,
    });
    expect(await client.command(org, device?.deviceId ?? "", { action: "health_check" })).toMatchObject({
      status: "success",
      data: { status: "healthy" },
    });

    first.process.kill();
    await until("connected", boot(await plane.device("board")));
    expect(await client.listDevices(org)).toHaveLength(1);
    expect(await client.listCodes(org)).toMatchObject([{ numUsed: 1, state: "used_up" }]);
  });
});
