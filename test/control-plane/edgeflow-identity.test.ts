import { once } from "node:events";
import type { SqliteDatabase } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { decodeFrame } from "../../src/protocol/edgeflow/frame.js";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import type { DeviceCredentials } from "../../src/provisioning/credentials.js";
import { logTo } from "../../src/world/log.js";
import { realWorld } from "../../src/world/real/index.js";
import { devicesPath, made, ownShadow, record, refusal, shown } from "./edgeflow-devices.js";
import { apiKey, MovableClock, nonce, org, Plane, pepper, Talk } from "./plane.js";

const alerts = (database: SqliteDatabase) =>
  database.prepare("select kind, subject, count, message from alert where ended_at is null").all([]);

async function watched() {
  const database = openSqlite(":memory:");
  const clock = new MovableClock();
  const plane = await Plane.start(database, clock);
  return { database, clock, plane, device: await made(plane) };
}

test("two boxes with the credentials of one device: the newest has it, and an alert names both places", async () => {
  const { database, plane, device } = await watched();
  const first = await plane.connected(device);
  await plane.connected(device);
  expect(await first.hearClose()).toBe(4000);
  await expect
    .poll(() => alerts(database))
    .toEqual([
      {
        kind: "identity.cloned",
        subject: device.deviceId,
        count: 1,
        message: `The credentials of device ${device.deviceId} are in use at 127.0.0.1 and at 127.0.0.1`,
      },
    ]);
});

test("two boxes take the device from each other at a pace", async () => {
  const { database, clock, plane, device } = await watched();
  const first = await plane.connected(device);
  const second = await plane.connected(device);
  expect(await first.hearClose()).toBe(4000);
  await expect.poll(() => alerts(database)).toHaveLength(1);
  expect(await refusal(plane, device)).toEqual({ error: "try again later", closed: 1013 });
  expect(second.channel.open).toBe(true);
  clock.move(10_000);
  await plane.connected(device);
  expect(await second.hearClose()).toBe(4000);
  await expect.poll(() => alerts(database)).toMatchObject([{ count: 2 }]);
});

/** A device whose way to the server is cut while its tunnel is open: what the server says does not reach it. */
async function cutOff(plane: Plane, { deviceId, apiKey }: DeviceCredentials): Promise<WebSocket> {
  const socket = new WebSocket(`${plane.origin.replace("http", "ws")}/tunnel`);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "connect", device_id: deviceId, api_key: apiKey }));
  await once(socket, "message");
  socket.pause();
  return socket;
}

test("a device that comes back is no clone: after a goodbye, a lost connection, or while its old tunnel is half open", async () => {
  const { database, plane, device } = await watched();
  const polite = await plane.connected(device);
  polite.channel.close(1000);
  const lost = await plane.connected(device);
  lost.channel.terminate();
  const half = await cutOff(plane, device);
  const last = await plane.connected(device);
  half.terminate();
  await plane.connected(device);
  expect(await last.hearClose()).toBe(4000);
  // That one was alive; the three before it would have been counted with it.
  await expect.poll(() => alerts(database)).toMatchObject([{ count: 1 }]);
});

test("what a device runs and where it is are shown, and remembered when it has left", async () => {
  const { clock, plane, device } = await watched();
  expect(await shown(plane, device.deviceId)).toMatchObject({ agentVersion: null, lastAddress: null });
  const tunnel = await plane.connected(device);
  const known = { agentVersion: "1.0.0", lastAddress: "127.0.0.1" };
  expect(await shown(plane, device.deviceId)).toMatchObject({ online: true, ...known });
  const heardAt = clock.now();
  clock.move(20_000);
  tunnel.channel.terminate();
  await expect
    .poll(() => shown(plane, device.deviceId))
    .toMatchObject({
      online: false,
      lastSeen: expect.any(String),
      ...known,
    });
  const { lastSeen } = await shown(plane, device.deviceId);
  expect(Math.abs(Date.parse(lastSeen ?? "") - heardAt)).toBeLessThan(5_000);
});

test("an update of the agent shows at the next connect; one that says nothing keeps what is known", async () => {
  const { plane, device } = await watched();
  const said: unknown[] = [];
  for (const version of [{ version: "1.0.0" }, { version: "1.1.0" }, {}]) {
    const tunnel = await plane.tunnel();
    tunnel.say({ type: "connect", device_id: device.deviceId, api_key: device.apiKey, ...version });
    await tunnel.hear("connected");
    said.push((await shown(plane, device.deviceId)).agentVersion);
    tunnel.channel.close();
    await tunnel.hearClose();
  }
  expect(said).toEqual(["1.0.0", "1.1.0", "1.1.0"]);
});

test("the log tells who came and went, from where and how, and never a key", async () => {
  const said: string[] = [];
  const log = logTo((level, message, fields) => said.push(`${level} ${message} ${JSON.stringify(fields)}`));
  const world = { ...realWorld(), log };
  const plane = await createControlPlane({ world, database: openSqlite(":memory:"), pepper, apiKey });
  const server = await world.network.listen({ host: "127.0.0.1", port: 0 }, plane);
  onTestFinished(async () => {
    await plane.close();
    await server.close();
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new IntegrationClient({ network: world.network, endpoint, apiKey });
  const { device_id, api_key } = await client.createDevice(org);
  for (const key of ["efk_guess", api_key]) {
    const tunnel = new Talk(
      await world.network.connect(`${endpoint.replace("http", "ws")}/tunnel`, { timeoutMs: 5_000 }),
      decodeFrame,
    );
    tunnel.say({ type: "connect", device_id, api_key: key });
    await tunnel.hear(key === api_key ? "connected" : "error");
    tunnel.channel.close(1000);
    await tunnel.hearClose();
  }
  const place = { deviceId: device_id, address: "127.0.0.1" };
  await expect
    .poll(() => said.filter((line) => line.includes("device ")))
    .toEqual([
      `info device connected ${JSON.stringify(place)}`,
      `info device disconnected ${JSON.stringify({ ...place, code: 1000 })}`,
    ]);
  expect(said.join("\n")).not.toContain("efk_");
});

const revoked = { error: "credentials have been revoked", closed: 1008 };

test("a revoked device is told so and closed, is let in no more, and stays listed", async () => {
  const { plane, device } = await watched();
  const tunnel = await plane.connected(device);
  const item = await plane.integration.revokeDevice(org, device.deviceId);
  expect(item).toMatchObject({ deviceId: device.deviceId, credentials: "revoked", online: false });
  expect({ error: (await tunnel.hear("error")).error, closed: await tunnel.hearClose() }).toEqual(revoked);
  expect(await refusal(plane, device)).toEqual(revoked);
  const answer = await ownShadow(plane, device);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([401, { error: "API key has been revoked" }]);
  expect(await plane.integration.listDevices(org)).toMatchObject([{ credentials: "revoked" }]);
  expect(await plane.integration.revokeDevice(org, device.deviceId)).toMatchObject({ credentials: "revoked" });
  expect(await record(plane, device.deviceId)).toEqual(["revoke revoked", "create created"]);
});

test("only the right key hears that it was revoked", async () => {
  const { plane, device } = await watched();
  await plane.integration.revokeDevice(org, device.deviceId);
  expect((await refusal(plane, { ...device, apiKey: "efk_guess" })).error).toBe("invalid credentials");
});

test("revoking what was never used ends the exchange too: neither nonce nor lease brings it back", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const wish = { name: "leased", ttlSeconds: 86_400, reclaimAfter: 900 };
  const [code = ""] = (await plane.integration.createCodes(org, wish)).codes;
  const own = nonce(plane);
  const { device_id } = JSON.parse((await plane.provision(code, own)).body);
  await plane.integration.revokeDevice(org, device_id);
  expect((await plane.provision(code, own)).status).toBe(409);
  clock.move(901_000);
  await expect.poll(() => plane.integration.listDevices(org)).toMatchObject([{ credentials: "revoked" }]);
  expect((await plane.provision(code, own)).status).toBe(409);
});

test("a box whose device was revoked is one device again when it comes with a new code", async () => {
  const plane = await Plane.start();
  const old = await plane.device(await plane.code());
  await plane.integration.revokeDevice(org, old.deviceId);
  const fresh = await plane.device(await plane.code());
  expect(await plane.integration.listDevices(org)).toMatchObject([{ deviceId: fresh.deviceId, credentials: "valid" }]);
  expect((await refusal(plane, old)).error).toBe("invalid credentials");
  expect(await record(plane, old.deviceId)).toEqual(["delete replaced", "revoke revoked", "provision created"]);
});

test.each([
  ["deleted", "DELETE", ""],
  ["revoked", "POST", "/revoke"],
] as const)("a device that is %s while it connects does not slip in", async (_, method, suffix) => {
  const plane = await Plane.start();
  for (let round = 0; round < 40; round++) {
    const device = await made(plane);
    const tunnel = await plane.tunnel();
    const ended = plane.api(method, `${devicesPath}/${device.deviceId}${suffix}`);
    tunnel.say({ type: "connect", device_id: device.deviceId, api_key: device.apiKey });
    expect((await ended).status).toBe(200);
    expect(await tunnel.hearClose()).toBe(1008);
  }
  expect((await plane.integration.listDevices(org)).filter(({ online }) => online)).toEqual([]);
});
