import { expect, test } from "vitest";
import { Shadow } from "../../src/protocol/edgeflow/index.js";
import { MovableClock, nonce, org, Plane } from "./plane.js";

const error = (text: string) => expect.stringContaining(JSON.stringify({ error: text }));

test("a code becomes a device that lives for a year", async () => {
  const plane = await Plane.start();
  const answer = await plane.provision(await plane.code());
  expect(answer.status).toBe(201);
  const body: unknown = JSON.parse(answer.body);
  expect(body).toEqual({
    device_id: expect.stringMatching(/^dev_/),
    api_key: expect.stringMatching(/^efk_/),
    expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
  const [device] = await plane.integration.listDevices(org);
  expect(device).toMatchObject({
    name: "pi-1",
    online: false,
    boardModel: "Raspberry Pi 4 Model B Rev 1.4",
    macAddress: "dc:a6:32:00:00:01",
  });
  const year = Date.parse(device?.expiresAt ?? "") - Date.parse(device?.createdAt ?? "");
  expect(year).toBe(365 * 86_400_000);
});

test("20 racing boxes with one code make one device", async () => {
  const plane = await Plane.start();
  const code = await plane.code();
  const answers = await Promise.all(Array.from({ length: 20 }, () => plane.provision(code)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(19);
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 409, body: error("Provisioning code has already been used") });
  }
  expect(await plane.integration.listDevices(org)).toHaveLength(1);
  expect(await plane.integration.listCodes(org)).toMatchObject([{ numUsed: 1, state: "used_up" }]);
});

test("a lost answer is given again for the same nonce until the first connect", async () => {
  const plane = await Plane.start();
  const code = await plane.code();
  const same = nonce(plane);
  const lost = await plane.provision(code, same);
  expect(await plane.provision(code, same)).toMatchObject({ status: 201, body: lost.body });
  expect((await plane.provision(code, nonce(plane))).status).toBe(409);
  const { device_id, api_key }: { device_id: string; api_key: string } = JSON.parse(lost.body);
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id, api_key });
  await tunnel.hear("connected");
  expect((await plane.provision(code, same)).status).toBe(409);
});

test("codes are read as people type them", async () => {
  const plane = await Plane.start();
  expect((await plane.provision(` ${(await plane.code()).toLowerCase()} `)).status).toBe(201);
});

test("unknown, deleted, expired and malformed codes each have their answer", async () => {
  const plane = await Plane.start();
  const unknown = { status: 404, body: error("Unknown provisioning code") };
  expect(await plane.provision("PROV-AAAA-AAAA")).toMatchObject(unknown);
  const past = await plane.integration.createCodes(org, { name: "past", expiresAt: "2020-01-01T00:00:00Z" });
  expect(await plane.provision(past.codes[0] ?? "")).toMatchObject({
    status: 410,
    body: error("Provisioning code has expired"),
  });
  await plane.integration.deleteCodes(org, past.provisioningCodeId);
  expect(await plane.provision(past.codes[0] ?? "")).toMatchObject(unknown);
  for (const body of ["{", "", "[]", "null", { provisioning_code: 7 }]) {
    const answer = await plane.send("POST", "/api/v1/devices/provision", body);
    expect(answer).toMatchObject({ status: 400, body: expect.stringMatching(/^\{"error":"/) });
  }
});

test("a tunnel opens with the right key and with no other", async () => {
  const plane = await Plane.start();
  const device = await plane.device(await plane.code());
  for (const frame of [
    { type: "connect", device_id: device.deviceId, api_key: "efk_guess" },
    { type: "connect", device_id: "dev_nobody", api_key: device.apiKey },
    { type: "connect", device_id: device.deviceId },
    { type: "ping" },
  ]) {
    const stranger = await plane.tunnel();
    stranger.say(frame);
    expect((await stranger.hear("error")).error).toBeTypeOf("string");
    expect(await stranger.hearClose()).toBe(1008);
  }
  const garbage = await plane.tunnel();
  garbage.say("{");
  expect(await garbage.hearClose()).toBe(1008);

  const tunnel = await plane.connected(device);
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  expect(await plane.integration.listDevices(org)).toMatchObject([{ online: true }]);
});

test("a device that leaves is offline and was last seen then", async () => {
  const plane = await Plane.start();
  const tunnel = await plane.connected(await plane.device(await plane.code()));
  tunnel.channel.close();
  await tunnel.hearClose();
  await expect
    .poll(() => plane.integration.listDevices(org))
    .toMatchObject([{ online: false, lastSeen: expect.any(String) }]);
});

test("of two tunnels of one identity the newest stays", async () => {
  const plane = await Plane.start();
  const device = await plane.device(await plane.code());
  const older = await plane.connected(device);
  const newer = await plane.connected(device);
  expect(await older.hearClose()).toBe(4000);
  newer.say({ type: "ping" });
  await newer.hear("pong");
  expect(await plane.integration.listDevices(org)).toMatchObject([{ online: true }]);
});

test("commands reach a device one at a time and bring its answers", async () => {
  const plane = await Plane.start();
  const device = await plane.device(await plane.code());
  const tunnel = await plane.connected(device);
  const answers = ["health_check", "list_flows"].map((action) => plane.command(device.deviceId, { action }));
  const first = await tunnel.hear("command");
  expect(tunnel.heard).toEqual([]);
  tunnel.say({ type: "response", id: "another", status: "success", data: "not this one" });
  tunnel.say({ type: "response", id: first.id, status: "success", data: { n: 1 } });
  const second = await tunnel.hear("command");
  tunnel.say({ type: "response", id: second.id, status: "error", error: "no flows" });
  const byAction = new Map([
    [first.action, { status: "success", data: { n: 1 } }],
    [second.action, { status: "error", error: "no flows" }],
  ]);
  expect(await Promise.all(answers)).toEqual([byAction.get("health_check"), byAction.get("list_flows")]);
});

test("a command to a device that is away, leaves or stays silent ends", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await plane.device(await plane.code());
  const path = `/v1/org/${org}/device/${device.deviceId}/command`;
  expect((await plane.api("POST", path, { action: "health_check" })).status).toBe(409);

  const leaving = await plane.connected(device);
  const unanswered = plane.api("POST", path, { action: "health_check" });
  await leaving.hear("command");
  leaving.channel.terminate();
  expect((await unanswered).status).toBe(409);

  const silent = await plane.connected(device);
  const late = plane.api("POST", path, { action: "health_check", timeoutSeconds: 20 });
  await silent.hear("command");
  clock.move(40_000);
  expect((await late).status).toBe(504);
});

test("a tunnel that does not say who it is is dropped, one that has is probed", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const stranger = await plane.tunnel();
  const tunnel = await plane.connected(await plane.device(await plane.code()));
  clock.move(36_000);
  expect(await stranger.hearClose()).toBe(1006);
  await expect.poll(() => tunnel.pings).toBe(1);
  expect(tunnel.channel.open).toBe(true);
});

test("credentials end with their year", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await plane.device(await plane.code());
  clock.move(365 * 86_400_000 + 1);
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id: device.deviceId, api_key: device.apiKey });
  expect((await tunnel.hear("error")).error).toMatch(/^credentials have expired: /);
});

test("deleting a device closes its tunnel and ends its credentials", async () => {
  const plane = await Plane.start();
  const device = await plane.device(await plane.code());
  const tunnel = await plane.connected(device);
  expect((await plane.api("DELETE", `/v1/org/${org}/device/${device.deviceId}`)).status).toBe(200);
  expect(await tunnel.hearClose()).toBe(1008);
  const again = await plane.tunnel();
  again.say({ type: "connect", device_id: device.deviceId, api_key: device.apiKey });
  expect((await again.hear("error")).error).toBe("invalid credentials");
});

test("a shadow keeps what is reported and shows what is still desired", async () => {
  const plane = await Plane.start();
  const device = await plane.device(await plane.code());
  const path = `/api/v1/devices/${device.deviceId}/shadow`;
  const own = { "x-api-key": device.apiKey };
  const fresh = Shadow.parse(JSON.parse((await plane.send("GET", path, undefined, own)).body));
  expect(fresh).toMatchObject({ device_id: device.deviceId, desired: {}, reported: {}, delta: {} });

  await plane.api("POST", `/v1/org/${org}/device/${device.deviceId}/command`, {
    action: "update_desired",
    payload: { desired: { led: { on: true }, fan: 1 } },
  });
  const reported = { fan: 1, online: true };
  const answer = await plane.send("PUT", path, { reported }, own);
  const shadow = Shadow.parse(JSON.parse(answer.body));
  expect(answer.status).toBe(200);
  expect(shadow).toMatchObject({ desired: { led: { on: true }, fan: 1 }, reported, delta: { led: { on: true } } });
  expect(shadow.version).toBe(fresh.version + 2);
  expect(Object.keys(shadow.metadata.reported ?? {})).toEqual(["fan", "online"]);
});

test("a shadow is its own device's only", async () => {
  const plane = await Plane.start();
  const [mine, other] = [await plane.device(await plane.code()), await plane.device(await plane.code())];
  const path = `/api/v1/devices/${other.deviceId}/shadow`;
  expect(await plane.send("GET", path)).toMatchObject({ status: 401, body: error("X-API-Key required") });
  const foreign = await plane.send("PUT", path, { reported: {} }, { "x-api-key": mine.apiKey });
  expect(foreign).toMatchObject({ status: 401, body: error("Invalid API key") });
  const deep = `{"reported":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  for (const malformed of [{ reported: 1 }, deep]) {
    expect((await plane.send("PUT", path, malformed, { "x-api-key": other.apiKey })).status).toBe(400);
  }
});
