import { expect, test } from "vitest";
import { type DeviceEvent, EdgeFlowDevice } from "../../src/device/index.js";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import { startVirtualControlPlane, VirtualWorld } from "../../src/testing/index.js";
import type { World } from "../../src/world/world.js";
import { facts } from "./support/edgeflow.js";
import { withRequests } from "./support/requests.js";

const hour = 3_600_000;
const day = 24 * hour;

/** A World that counts the calls of the shadow. */
function counting(world: World, shadowCalls: string[]): World {
  return withRequests(world, (asked, ask) => {
    if (asked.url.endsWith("/shadow")) shadowCalls.push(asked.method);
    return ask(asked);
  });
}

test("a device is online for a day, looks at its shadow every five minutes, and outlives the end of its credentials", async () => {
  const virtual = new VirtualWorld({ seed: 1 });
  const events: DeviceEvent[] = [];
  const shadowCalls: string[] = [];
  const used = await virtual.run(async () => {
    const { client, org, operator, url } = await startVirtualControlPlane(virtual);
    const { codes } = await client.createCodes(org, { name: "boards", quantity: 2, ttlSeconds: (2 * day) / 1_000 });
    const host = virtual.host("board");
    const write = (code = ""): void =>
      host.disk.put(
        ".env",
        `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${new URL(url).host}\nEDGEFLOW_PROVISIONING_CODE=${code}\n`,
        0o600,
      );
    write(codes[0]);
    const device = new EdgeFlowDevice(counting(host.boot(), shadowCalls), {
      envFile: ".env",
      stateDirectory: "state",
      facts,
      onEvent: (event) => events.push(event),
    });
    const living = device.run();
    await operator.clock.sleep(day);
    expect(device.status().status).toBe("online");
    // The day is a little older than the tunnel.
    expect(shadowCalls).toEqual(["GET", "PUT", ...Array(day / 300_000 - 1).fill("GET")]);
    write(codes[1]);
    const old = device.status().device_id;
    await client.revokeDevice(org, old);
    await operator.clock.sleep(hour);
    expect(device.status()).toMatchObject({ status: "online", device_id: expect.not.stringContaining(old) });
    await device.stop();
    await living;
    return client.listCodes(org);
  });
  expect(used).toMatchObject([{ numUsed: 2 }]);
  expect(events.filter(({ type }) => type === "heartbeat").length).toBeGreaterThan(day / 30_000 - 10);
  expect(events.filter(({ type }) => type === "disconnected").length).toBe(2);
  const notices = events.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual([
    expect.stringMatching(/^the cloud refuses the credentials \(credentials have been revoked\)/),
  ]);
});

test.each<readonly [string, Persona, boolean]>([
  ["as shipped is lost to an outage of 80 s", edgeflowField, false],
  ["as documented comes back from one", edgeflow, true],
])("a device %s", async (_, persona, comesBack) => {
  const virtual = new VirtualWorld({ seed: 1 });
  const online = await virtual.run(async () => {
    const { client, host: cloud, org, operator, url } = await startVirtualControlPlane(virtual, { downtimeMs: 80_000 });
    const { codes } = await client.createCodes(org, { name: "boards", quantity: 1 });
    const host = virtual.host("board");
    host.disk.put(
      ".env",
      `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${new URL(url).host}\nEDGEFLOW_PROVISIONING_CODE=${codes[0]}\n`,
    );
    const options = { envFile: ".env", stateDirectory: "state", facts, persona };
    const device = new EdgeFlowDevice(host.boot(), options);
    const living = device.run();
    await operator.clock.sleep(60_000);
    expect(device.status().connected).toBe(true);
    cloud.kill();
    await operator.clock.sleep(15 * 60_000);
    const { connected } = device.status();
    await device.stop();
    await living;
    return connected;
  });
  expect(online).toBe(comesBack);
});
