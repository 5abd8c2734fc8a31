import { expect, test } from "vitest";
import { deltaOf } from "../../src/control-plane/store/shadows.js";
import { Shadow } from "../../src/protocol/edgeflow/index.js";
import { devicesPath, made, ownShadow, record, succeed } from "./edgeflow-devices.js";
import { dataOf, MovableClock, Plane, verdict } from "./plane.js";

async function board() {
  const plane = await Plane.start();
  const device = await made(plane);
  const path = `${devicesPath}/${device.deviceId}/shadow`;
  return {
    plane,
    device,
    patch: (desired: unknown, version?: unknown) => plane.api("PATCH", path, { desired, version }),
    show: async () => dataOf(await plane.api("GET", path), Shadow),
    report: async (reported: object) => Shadow.parse(JSON.parse((await ownShadow(plane, device, reported)).body)),
  };
}

const kib = (size: number) => "x".repeat(size << 10);

test("what is desired is set, changed and taken away by key, and each change is a version", async () => {
  const { patch, show } = await board();
  const fresh = await show();
  expect(fresh).toMatchObject({ desired: {}, reported: {}, delta: {}, metadata: { desired: {}, reported: {} } });
  await patch({ led: true, mode: { name: "eco", level: 2 } });
  await patch({ led: false });
  expect(await show()).toMatchObject({
    version: fresh.version + 2,
    desired: { led: false, mode: { name: "eco", level: 2 } },
  });
  const { desired, delta, metadata, version } = dataOf(await patch({ mode: null }), Shadow);
  expect({ desired, delta, version }).toEqual({
    desired: { led: false },
    delta: { led: false },
    version: fresh.version + 3,
  });
  expect(metadata.desired).toEqual({ led: expect.any(String) });
  expect(dataOf(await patch({}), Shadow).version).toBe(version);
});

test("a device takes away what it reports in the same way, and the delta is what is not reported so", async () => {
  const { patch, report } = await board();
  await patch({ led: true, fan: 1 });
  expect(await report({ led: true, fan: 2, online: true })).toMatchObject({ delta: { fan: 1 } });
  const shadow = await report({ led: null, fan: 1 });
  expect(shadow).toMatchObject({ reported: { fan: 1, online: true }, delta: { led: true } });
  expect(shadow.reported).not.toHaveProperty("led");
  expect(Object.keys(shadow.metadata.reported ?? {}).sort()).toEqual(["fan", "online"]);
});

test("a wish for another version than there is changes nothing", async () => {
  const { patch, show } = await board();
  const { version } = await show();
  expect((await patch({ a: 1 }, version)).status).toBe(200);
  expect(verdict(await patch({ a: 2 }, version))).toEqual({
    status: 409,
    message: `The shadow is not of version ${version} any more`,
  });
  expect(await show()).toMatchObject({ desired: { a: 1 }, version: version + 1 });
});

test("of two who change what they have both read one is told so", async () => {
  const { patch, show } = await board();
  const { version } = await show();
  const answers = await Promise.all([1, 2, 3, 4].map((value) => patch({ value }, version)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
});

test("neither side grows beyond 64 KiB of JSON, and what would is not done at all", async () => {
  const { plane, device, patch, show, report } = await board();
  await patch({ big: kib(40) });
  await report({ big: kib(40) });
  const before = await show();
  expect(verdict(await patch({ more: kib(30), small: 1 }))).toEqual({
    status: 413,
    message: "The desired state would be larger than 64 KiB; nothing was changed",
  });
  const refused = await ownShadow(plane, device, { more: kib(30) });
  expect([refused.status, JSON.parse(refused.body)]).toEqual([
    413,
    { error: "The reported state would be larger than 64 KiB; nothing was changed" },
  ]);
  expect(await show()).toEqual(before);
  // In bytes, not in characters.
  expect((await patch({ big: "ä".repeat(40 << 10) })).status).toBe(413);
  expect((await patch({ big: null, more: kib(63) })).status).toBe(200);
  const command = { action: "update_desired", payload: { desired: { again: kib(30) } } };
  expect((await plane.api("POST", `${devicesPath}/${device.deviceId}/command`, command)).status).toBe(413);
});

test("keys that mean something to JavaScript mean nothing to a shadow", async () => {
  const { plane, device, show } = await board();
  const text =
    '{"desired":{"__proto__":{"polluted":1},"constructor":{"prototype":2},"toString":null,"hasOwnProperty":3}}';
  const path = `${devicesPath}/${device.deviceId}/shadow`;
  expect((await plane.api("PATCH", path, text)).status).toBe(200);
  const own = text.replace("desired", "reported").replace('"hasOwnProperty":3', '"valueOf":4');
  const answer = await plane.send("PUT", `/api/v1/devices/${device.deviceId}/shadow`, own, {
    "x-api-key": device.apiKey,
  });
  expect(answer.status).toBe(200);
  const { desired, reported, delta } = await show();
  expect(Object.entries(desired)).toEqual([
    ["constructor", { prototype: 2 }],
    ["hasOwnProperty", 3],
  ]);
  expect(Object.entries(reported)).toEqual([
    ["constructor", { prototype: 2 }],
    ["valueOf", 4],
  ]);
  expect(Object.entries(delta)).toEqual([["hasOwnProperty", 3]]);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("what every object inherits is not reported", () => {
  expect(deltaOf({ toString: Object.prototype.toString }, {})).toHaveProperty("toString");
});

test("a device that is connected fetches what has come to be desired, once for many changes", async () => {
  const { plane, device, patch, show } = await board();
  const tunnel = await plane.connected(device);
  const changes = await Promise.all(Array.from({ length: 50 }, (_, nth) => patch({ [`k${nth}`]: nth })));
  expect(changes.filter(({ status }) => status !== 200)).toEqual([]);
  const first = await tunnel.hear("command");
  expect(first).toMatchObject({ action: "update_desired", payload: { desired: expect.anything() } });
  const other = plane.command(device.deviceId, { action: "health_check" });
  succeed(tunnel, first, { delta: {} });
  const second = await tunnel.hear("command");
  expect(second.action).toBe("update_desired");
  succeed(tunnel, second, { delta: {} });
  succeed(tunnel, await tunnel.hear("command"), { status: "healthy" });
  expect(await other).toMatchObject({ status: "success", data: { status: "healthy" } });
  expect((await show()).version).toBe(51);
});

test("a change does not wait for the device, nor fail with it", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  const change = { desired: { led: true } };
  expect((await plane.api("PATCH", `${devicesPath}/${device.deviceId}/shadow`, change)).status).toBe(200);
  await tunnel.hear("command");
  tunnel.channel.terminate();
  expect((await plane.api("PATCH", `${devicesPath}/${device.deviceId}/shadow`, change)).status).toBe(200);
  expect(await record(plane, device.deviceId)).toEqual([
    "update changed shadow",
    "update changed shadow",
    "create created",
  ]);
});

test.each([
  ["no object", { desired: 1 }],
  ["an empty key", { desired: { "": 1 } }],
  ["an unknown word", { desired: {}, reported: {} }],
  ["a version that is none", { desired: {}, version: 0 }],
])("%s is no wish", async (_, body) => {
  const { plane, device, show } = await board();
  const before = await show();
  expect((await plane.api("PATCH", `${devicesPath}/${device.deviceId}/shadow`, body)).status).toBe(400);
  expect(await show()).toEqual(before);
});
