import { afterEach, expect, test } from "vitest";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import { ManualClock } from "./support/clock.js";
import { cloud, credentials, facts, liveDevice, provisionPath, shadowPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";

afterEach(closeAll);

const quick: Persona = {
  ...edgeflow,
  exchangeTimeoutMs: 50,
  exchangeRetry: { ...edgeflow.reconnect, delaysMs: [5] },
  reconnect: { ...edgeflow.reconnect, delaysMs: [5], jitter: 0 },
};

test("a code becomes credentials, encrypted on disk, and a tunnel", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { device, diary, end } = liveDevice(disk.boot());
  await diary.happened("connected");
  expect(device.status()).toEqual({
    connected: true,
    device_id: "dev_abc123xyz",
    status: "online",
    last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    uptime: expect.any(Number),
  });
  await device.stop();

  expect(await end).toEqual({ kind: "stopped" });
  expect(device.status()).toMatchObject({ connected: false, status: "offline" });
  const [request] = server.asked(provisionPath);
  expect(JSON.parse(request?.body ?? "")).toEqual({
    provisioning_code: "PROV-A1B2-C3D4",
    hardware_info: facts.hardware,
    network_info: facts.network,
  });
  const [connect] = server.frames.entries;
  expect(connect).toMatch(
    /^\{"type":"connect","device_id":"dev_abc123xyz","api_key":"efk_testkey_0123456789abcdef","version":"1\.0\.0","timestamp":"[^"]+Z"\}$/,
  );
  const kept = ["credentials.json", "credentials.json.good", "credentials.key"];
  expect(disk.files()).toEqual([".env", ...kept.map((file) => `state/${file}`)]);
  for (const file of kept) expect(disk.mode(`state/${file}`)).toBe(0o600);
  for (const secret of Object.values(credentials)) expect(disk.everything()).not.toContain(secret);
});

test("a second life uses the stored credentials and ignores the used code", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  for (const _ of ["first", "second"]) {
    const { device, diary } = liveDevice(disk.boot());
    await diary.happened("connected");
    await device.stop();
  }
  expect(server.asked(provisionPath)).toHaveLength(1);
  expect(server.frames.entries.filter((frame) => frame.includes(credentials.api_key))).toHaveLength(2);
});

test("credentials that an administrator has set need no code", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server, "EDGEFLOW_DEVICE_ID=dev_abc123xyz\nEDGEFLOW_API_KEY='efk_set'");
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(0);
  expect(server.frames.entries[0]).toContain('"api_key":"efk_set"');
  expect(disk.files()).toEqual([".env"]);
});

test("a lost answer, and then a death before the credentials are written, cost one code: the nonce stays", async () => {
  const server = await cloud({ provision: ["lost", { status: 201, body: credentials }] });
  const disk = box();
  writeEnv(disk, server);
  const world = disk.boot();
  const dead = new Promise((resolve) => world.process.holds(() => resolve(undefined)));
  liveDevice(world, {
    persona: quick,
    onEvent: (event) => {
      if (event.type === "exchange" && event.outcome === "ok") world.process.kill();
    },
  });
  await dead;
  const { device, diary } = liveDevice(disk.boot(), { persona: quick });
  await diary.happened("connected");
  await device.stop();
  const nonces = server.asked(provisionPath).map(({ headers }) => headers["firstboot-nonce"]);
  expect(nonces).toHaveLength(3);
  expect(new Set(nonces).size).toBe(1);
  expect(nonces[0]).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  [404, "unknown provisioning code"],
  [409, "provisioning code already used"],
  [410, "provisioning code expired"],
])("a code refused with %i ends the life with the cloud's reason", async (status, error) => {
  const server = await cloud({ provision: [{ status, body: { error } }] });
  const disk = box();
  writeEnv(disk, server);
  expect(await liveDevice(disk.boot()).end).toEqual({ kind: "refused", step: "exchange", status, reason: error });
});

test("an answer without credentials is no success", async () => {
  const server = await cloud({
    provision: [
      { status: 200, body: {} },
      { status: 200, body: credentials },
    ],
  });
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { persona: quick });
  await diary.happened("connected");
  await device.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "exchange", kind: "answer" }]);
});

test("rejected credentials end the life with the cloud's reason", async () => {
  const server = await cloud({ welcome: { type: "error", error: "invalid api key" }, closeWith: 1008 });
  const disk = box();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot());
  expect(await end).toEqual({
    kind: "refused",
    step: "connect",
    reason: "invalid api key",
    fix: "put a new EDGEFLOW_PROVISIONING_CODE into .env",
  });
  expect(diary.all("connected")).toEqual([]);
});

test("what a cloud in trouble says is no judgement", async () => {
  const server = await cloud({ welcome: { type: "error", error: "try again later" }, closeWith: 1013 });
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { persona: quick });
  await diary.happened("waiting");
  await device.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "connect", kind: "answer", detail: "try again later" }]);
});

test("a cloud that does not say welcome within ten seconds is asked again", async () => {
  const server = await cloud({ welcome: null });
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot({ clock }), { persona: quick });
  await server.frames.until(() => true);
  clock.advance(10_000);
  expect(await diary.happened("failed")).toMatchObject({ step: "connect", kind: "timeout" });
  clock.advance((await diary.happened("waiting")).ms);
  await server.frames.until(() => true, 2);
  await device.stop();
});

test("after it has connected, the device reads its shadow and reports itself online", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot({ clock }));
  await diary.happened("connected");
  // Both calls are answered before a heartbeat that is sent after them.
  while (server.asked(shadowPath).length < 2) await clock.turn();
  await device.stop();
  const [get, put] = server.asked(shadowPath);
  expect([get?.method, put?.method]).toEqual(["GET", "PUT"]);
  expect(get?.headers["x-api-key"]).toBe(credentials.api_key);
  expect(put?.body).toBe('{"reported":{"agent_version":"1.0.0","last_updated":"2026-02-21T12:00:00Z","online":true}}');
});

test("heartbeats go out every 30 s, the first after 30 s", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot({ clock }));
  await diary.happened("connected");
  clock.advance(30_000);
  await diary.happened("heartbeat");
  clock.advance(30_000);
  await diary.happened("heartbeat", 2);
  await device.stop();
  await server.closes.until(() => true);
  expect(server.frames.entries.slice(1)).toEqual([
    '{"type":"ping","timestamp":"2026-02-21T12:00:30Z"}',
    '{"type":"ping","timestamp":"2026-02-21T12:01:00Z"}',
  ]);
  expect(server.closes.entries).toEqual([1000]);
});

test("the device as shipped forgets its credentials, returns after 5 s and gives up after five failures", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot({ clock }), { persona: edgeflowField });
  await diary.happened("connected");
  expect(disk.files()).toEqual([".env"]);
  server.close();
  for (const turn of [1, 2, 3, 4, 5]) clock.advance((await diary.happened("waiting", turn)).ms);
  expect(await end).toMatchObject({ kind: "failed", step: "connect" });
  expect(diary.all("waiting").map(({ ms }) => ms)).toEqual([5_000, 10_000, 15_000, 20_000, 25_000]);
});
