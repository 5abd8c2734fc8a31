import { expect, test } from "vitest";
import { Expiry } from "../../src/control-plane/channel/edgeflow/expiry.js";
import { openSqlite } from "../../src/control-plane/index.js";
import { DeviceCreated, DeviceItem } from "../../src/protocol/integration/schema.js";
import { DeviceId } from "../../src/provisioning/credentials.js";
import { logTo } from "../../src/world/log.js";
import { realWorld } from "../../src/world/real/index.js";
import { dataOf, MovableClock, nonce, org, Plane } from "./plane.js";

const devices = `/v1/org/${org}/device`;
const day = 86_400_000;
const year = 365 * day;
const expired = "credentials have expired: provision this device again with a new code";

async function made(plane: Plane, body: object = {}) {
  const { device_id, ...rest } = dataOf(await plane.api("PUT", devices, body), DeviceCreated);
  return { deviceId: DeviceId.parse(device_id), apiKey: rest.api_key, expiresAt: rest.expires_at };
}

async function shown(plane: Plane, deviceId: string) {
  return dataOf(await plane.api("GET", `${devices}/${deviceId}`), DeviceItem);
}

const shadowOf = (plane: Plane, { deviceId, apiKey }: { deviceId: string; apiKey: string }) =>
  plane.send("GET", `/api/v1/devices/${deviceId}/shadow`, undefined, { "x-api-key": apiKey });

/** What a device hears whose `connect` is refused. */
async function refusal(plane: Plane, { deviceId, apiKey }: { deviceId: string; apiKey: string }) {
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id: deviceId, api_key: apiKey });
  return { error: (await tunnel.hear("error")).error, closed: await tunnel.hearClose() };
}

test("credentials made before the device let it in, and its shadow is there from the start", async () => {
  const plane = await Plane.start();
  const device = await made(plane, { name: "board 7", labels: ["lab", "arm"] });
  expect(device.deviceId).toMatch(/^dev_[a-z0-9]{15}$/);
  expect(device.apiKey).toMatch(/^efk_[a-z2-7]{40}$/);
  expect((await shadowOf(plane, device)).status).toBe(200);
  await plane.connected(device);
  expect(await shown(plane, device.deviceId)).toMatchObject({
    name: "board 7",
    labels: ["arm", "lab"],
    online: true,
    provisioningCodeId: null,
    credentials: "valid",
  });
  expect((await plane.api("GET", devices)).body).not.toContain(device.apiKey);
});

test("credentials made without an end have none, others the one that was asked for", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const forever = await made(plane);
  const until = new Date(clock.now() + 40 * day).toISOString();
  const short = await made(plane, { expiresAt: until });
  expect([forever.expiresAt, short.expiresAt]).toEqual([null, until]);
  clock.move(20 * year);
  expect(await shown(plane, forever.deviceId)).toMatchObject({ expiresAt: null, credentials: "valid" });
  expect((await shadowOf(plane, forever)).status).toBe(200);
  expect((await shadowOf(plane, short)).status).toBe(401);
});

test("the first connect proves that the exchange arrived, later ones change nothing", async () => {
  const database = openSqlite(":memory:");
  const clock = new MovableClock();
  const plane = await Plane.start(database, clock);
  const times = () => database.prepare("select authenticated_at from device").all([]);
  const replays = () => database.prepare("select * from replay").all([]);
  const answer = await plane.provision(await plane.code(), nonce(plane));
  const { device_id, api_key } = DeviceCreated.parse(JSON.parse(answer.body));
  const device = { deviceId: DeviceId.parse(device_id), apiKey: api_key };
  await shadowOf(plane, device);
  expect(times()).toEqual([{ authenticated_at: null }]);
  expect(replays()).toHaveLength(1);
  await plane.connected(device);
  const first = times();
  expect(first).toEqual([{ authenticated_at: expect.any(Number) }]);
  expect(replays()).toEqual([]);
  clock.move(5_000);
  await plane.connected(device);
  expect(times()).toEqual(first);
});

/** Connects and gives the whole welcome. */
async function welcome(plane: Plane, { deviceId, apiKey }: { deviceId: string; apiKey: string }) {
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id: deviceId, api_key: apiKey });
  return { tunnel, frame: await tunnel.hear("connected") };
}

test("a device is told of the end of its credentials when it is near, and so is who looks at it", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const expiresAt = new Date(clock.now() + 30 * day + 50_000).toISOString();
  const device = await made(plane, { expiresAt });
  expect((await welcome(plane, device)).frame).toEqual({ type: "connected" });
  expect((await shown(plane, device.deviceId)).credentials).toBe("valid");
  clock.move(50_000);
  expect((await welcome(plane, device)).frame).toEqual({ type: "connected", expires_at: expiresAt });
  expect(await shown(plane, device.deviceId)).toMatchObject({ expiresAt, credentials: "expiring", online: true });
});

test("credentials that end shut out who is connected, and are told so wherever they are shown", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane, { expiresAt: new Date(clock.now() + 50_000).toISOString() });
  const { tunnel } = await welcome(plane, device);
  clock.move(30_000);
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  clock.move(20_000);
  expect((await tunnel.hear("error")).error).toBe(expired);
  expect(await tunnel.hearClose()).toBe(1008);
  expect(await shown(plane, device.deviceId)).toMatchObject({ credentials: "expired", online: false });
  expect(await refusal(plane, device)).toEqual({ error: expired, closed: 1008 });
  expect(await shadowOf(plane, device)).toMatchObject({ status: 401, body: expect.stringContaining("expired") });
  expect((await refusal(plane, { ...device, apiKey: "efk_guess" })).error).toBe("invalid credentials");
});

test("the log is warned once for a device that stays connected until its credentials end", () => {
  const clock = new MovableClock();
  const said: string[] = [];
  const world = { ...realWorld({ log: logTo((level, message) => said.push(`${level} ${message}`)) }), clock };
  let ended = 0;
  const expiry = new Expiry(world, "dev_x", clock.now() + 31 * day, () => ended++);
  expect(said).toEqual([]);
  clock.move(day);
  expect([said, ended]).toEqual([["warn credentials expire soon"], 0]);
  for (let passed = 0; passed < 29; passed++) clock.move(day);
  expect([said.length, ended]).toEqual([1, 0]);
  clock.move(day);
  clock.move(day);
  expect([said.length, ended]).toEqual([1, 1]);
  expiry.cancel();
});

test("a new code is the way on: the box is one device again, with a new id and nothing of the old one's", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const old = await plane.device(await plane.code());
  await plane.api("POST", `${devices}/${old.deviceId}/command`, {
    action: "update_desired",
    payload: { desired: { wifi: "secret" } },
  });
  clock.move(year + 1);
  const fresh = await plane.device(await plane.code());
  expect(await plane.integration.listDevices(org)).toMatchObject([{ deviceId: fresh.deviceId, credentials: "valid" }]);
  await plane.connected(fresh);
  expect(JSON.parse((await shadowOf(plane, fresh)).body)).toMatchObject({ desired: {} });
  const audit = await plane.api("GET", `/v1/org/${org}/audit?target=${old.deviceId}`);
  expect(JSON.parse(audit.body)).toMatchObject({
    data: {
      audit: [
        { action: "delete", result: "replaced" },
        { action: "command", result: "update_desired: offline" },
        { action: "update", result: "changed shadow" },
        { action: "provision", result: "created" },
      ],
    },
  });
});

test("whoever tells the MAC address of a device whose credentials hold does not replace it", async () => {
  const plane = await Plane.start();
  const [first, second] = [await plane.device(await plane.code()), await plane.device(await plane.code())];
  await plane.connected(first);
  await plane.connected(second);
  expect(await plane.integration.listDevices(org)).toHaveLength(2);
});
