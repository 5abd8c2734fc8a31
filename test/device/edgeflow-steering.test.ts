import { afterEach, expect, test } from "vitest";
import { edgeflow, type Persona } from "../../src/device/persona.js";
import type { Box } from "./support/box.js";
import { ManualClock } from "./support/clock.js";
import { cloud, credentials, liveDevice, otherCredentials, provisionPath, sent, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import type { Reply, ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const waiting = { waitsForCode: true };
const quick: Persona = {
  ...edgeflow,
  exchangeTimeoutMs: 200,
  exchangeRetry: { ...edgeflow.reconnect, delaysMs: [3_600_000], jitter: 0 },
};

async function ready(
  more: string,
  provision: readonly (Reply | "lost")[] = [],
): Promise<{ server: ScriptedServer; disk: Box }> {
  const given = [credentials, otherCredentials].map((body) => ({ status: 201, body }));
  const server = await cloud({ provision: provision.length > 0 ? provision : given });
  const disk = box();
  writeEnv(disk, server, more);
  return { server, disk };
}

/** Asks a device that may have to begin its life first. */
async function steer<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "The device is starting") throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const code = "EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4";

test("a device without credentials and code waits, is provisioned by hand, goes online and stays provisioned", async () => {
  const { server, disk } = await ready("");
  const { device, diary, end } = liveDevice(disk.boot(), waiting);
  expect(device.status()).toMatchObject({ connected: false, device_id: "", status: "unprovisioned" });
  expect(await steer(() => device.provision("PROV-A1B2-C3D4", { replace: false }))).toEqual(credentials);
  await diary.happened("connected");
  expect(device.status()).toMatchObject({ connected: true, device_id: credentials.device_id, status: "online" });
  await device.stop();
  expect(await end).toEqual({ kind: "stopped" });
  expect(disk.everything()).not.toContain(credentials.api_key);

  writeEnv(disk, server, code);
  const next = liveDevice(disk.boot());
  await next.diary.happened("connected");
  await next.device.stop();
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("a device that is provisioned refuses another code, unless it is to replace what it has", async () => {
  const { server, disk } = await ready(code);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  await expect(device.provision("PROV-NEWX-CODE", { replace: false })).rejects.toMatchObject({ status: 409 });
  expect(server.asked(provisionPath)).toHaveLength(1);
  expect(await device.provision("PROV-NEWX-CODE", { replace: true })).toEqual(otherCredentials);
  await diary.happened("connected", 2);
  await device.stop();
  expect(sent(server, "connect").map(({ api_key }) => api_key)).toEqual([
    credentials.api_key,
    otherCredentials.api_key,
  ]);

  const next = liveDevice(disk.boot(), waiting);
  await next.diary.happened("connected");
  await next.device.stop();
  expect(sent(server, "connect").at(-1).api_key).toBe(otherCredentials.api_key);
});

test("a code that the device has used is not sent again, whoever asks", async () => {
  const { server, disk } = await ready(code);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  await expect(device.provision("prov-a1b2-c3d4", { replace: true })).rejects.toMatchObject({ status: 409 });
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("credentials of an administrator are not replaced, whoever asks", async () => {
  const { server, disk } = await ready("EDGEFLOW_DEVICE_ID=dev_abc123xyz\nEDGEFLOW_API_KEY=efk_set");
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  await expect(device.provision("PROV-NEWX-CODE", { replace: true })).rejects.toMatchObject({ status: 409 });
  await device.stop();
  expect(server.asked(provisionPath)).toEqual([]);
});

test("while an exchange is under way, another is refused; one that replaces takes its place", async () => {
  const { server, disk } = await ready(code, ["lost", "lost", { status: 201, body: credentials }]);
  const patient = { ...quick, exchangeTimeoutMs: 60_000 };
  const { device, diary } = liveDevice(disk.boot(), { ...waiting, persona: patient });
  await later(() => server.asked(provisionPath).length === 1);
  await expect(device.provision("PROV-AAAA-AAAA", { replace: false })).rejects.toMatchObject({ status: 409 });
  await expect(device.configure({ enabled: false })).rejects.toMatchObject({ status: 409 });
  const second = device.provision("PROV-BBBB-BBBB", { replace: true });
  const refused = expect(second).rejects.toMatchObject({ status: 409 });
  await later(() => server.asked(provisionPath).length === 2);
  expect(await device.provision("PROV-CCCC-CCCC", { replace: true })).toEqual(credentials);
  await refused;
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath).map(({ body }) => JSON.parse(body).provisioning_code)).toEqual([
    "PROV-A1B2-C3D4",
    "PROV-BBBB-BBBB",
    "PROV-CCCC-CCCC",
  ]);
});

async function later(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test.each<readonly [string, Reply | "lost", object]>([
  [
    "a code that is unknown",
    { status: 404, body: { error: "Unknown provisioning code" } },
    { status: 404, message: "Unknown provisioning code" },
  ],
  ["a code that is used", { status: 409, body: { error: "used" } }, { status: 409, message: "used" }],
  ["a cloud that is busy", { status: 429, body: { error: "slow down" } }, { status: 429, message: "slow down" }],
  ["a cloud in trouble", { status: 503 }, { status: 503 }],
  ["an answer that is none", { status: 200, body: {} }, { status: 502 }],
  ["a cloud that does not answer", "lost", { status: 504 }],
])("%s is told as it is, and the device goes on waiting", async (_, reply, refusal) => {
  const { disk } = await ready("", [reply, { status: 201, body: credentials }]);
  const { device, diary } = liveDevice(disk.boot(), { ...waiting, persona: quick });
  const asked = steer(() => device.provision("PROV-AAAA-AAAA", { replace: false }));
  await expect(asked).rejects.toMatchObject(refusal);
  expect(device.status().status).toBe("unprovisioned");
  expect(await device.provision("PROV-BBBB-BBBB", { replace: false })).toEqual(credentials);
  await diary.happened("connected");
  await device.stop();
});

test("a replacement that is refused leaves the device what it has", async () => {
  const { server, disk } = await ready(code, [
    { status: 201, body: credentials },
    { status: 410, body: { error: "expired" } },
  ]);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  await expect(device.provision("PROV-NEWX-CODE", { replace: true })).rejects.toMatchObject({ status: 410 });
  await diary.happened("connected", 2);
  await device.stop();
  expect(diary.all("notice").map(({ message }) => message)).toEqual([expect.stringMatching(/by hand.*: expired$/)]);
  expect(sent(server, "connect").map(({ api_key }) => api_key)).toEqual([credentials.api_key, credentials.api_key]);
});

test("disconnect leaves in good order and stays away, twice is fine, and connect really comes back", async () => {
  const { server, disk } = await ready(code);
  const clock = new ManualClock();
  const { device, diary } = liveDevice(disk.boot({ clock }), waiting);
  await diary.happened("connected");
  expect(device.connect()).toBe(false);
  await device.disconnect();
  await device.disconnect();
  expect(device.status()).toMatchObject({ connected: false, status: "offline", device_id: credentials.device_id });
  await server.closes.until((closed) => closed === 1000);
  clock.advance(3_600_000);
  await clock.turn();
  expect(server.upgrades).toHaveLength(1);
  expect(device.connect()).toBe(true);
  await diary.happened("connected", 2);
  clock.advance(30_000);
  await diary.happened("heartbeat");
  await device.stop();
  expect(diary.all("disconnected")).toHaveLength(2);
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("connect ends the wait for the next try", async () => {
  const { server, disk } = await ready(code);
  const clock = new ManualClock();
  const { device, diary } = liveDevice(disk.boot({ clock }), waiting);
  await diary.happened("connected");
  server.channels[0]?.terminate();
  await diary.happened("waiting");
  expect(device.connect()).toBe(true);
  await diary.happened("connected", 2);
  await device.stop();
});

test("the configuration is shown with its secrets masked", async () => {
  const { server, disk } = await ready(code);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  expect(device.config()).toEqual({
    enabled: true,
    server_url: server.host,
    device_id: credentials.device_id,
    api_key: "efk_test...cdef",
    provisioning_code: "PROV-...",
    enable_tls: false,
    is_provisioned: true,
    is_connected: true,
  });
  await device.stop();
});

test("a device that is switched off waits, says so, and goes online when it is switched on", async () => {
  const { server, disk } = await ready(`${code}\nEDGEFLOW_SAAS_ENABLED=false`);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await steer(() => device.configure({}));
  expect(device.status().status).toBe("unprovisioned");
  await expect(device.provision("PROV-NEWX-CODE", { replace: false })).rejects.toMatchObject({ status: 409 });
  expect(server.requests).toEqual([]);
  await device.configure({ enabled: true });
  await diary.happened("connected");
  await device.configure({ enabled: false });
  await diary.happened("disconnected");
  await server.closes.until((closed) => closed === 1000);
  expect(device.status()).toMatchObject({ connected: false, status: "offline" });
  await device.stop();
});

test("a change of the configuration holds for this run; a masked key stays as it is", async () => {
  const { server, disk } = await ready(code);
  const { device, diary } = liveDevice(disk.boot(), waiting);
  await diary.happened("connected");
  await device.configure({
    ...device.config(),
    device_id: "dev_abc123xyz",
    api_key: "efk_test...cdef",
  } satisfies object);
  await diary.happened("connected", 2);
  await device.configure({ api_key: "efk_set_by_hand_0123456789" });
  await diary.happened("connected", 3);
  await device.stop();
  const keys = sent(server, "connect").map(({ api_key }) => api_key);
  expect(keys).toEqual([credentials.api_key, credentials.api_key, "efk_set_by_hand_0123456789"]);
  const next = liveDevice(disk.boot(), waiting);
  await next.diary.happened("connected");
  await next.device.stop();
  expect(sent(server, "connect").at(-1).api_key).toBe(credentials.api_key);
});

test.each([
  ["a URL with a scheme", { server_url: "https://saas.example.com" }, /saas\.example\.com/],
  ["no server", { server_url: "" }, /server_url is missing/],
  ["a server off loopback without TLS", { server_url: "saas.example.com", enable_tls: false }, /without TLS/],
  ["a key without a device", { api_key: "efk_new" }, /belong together/],
])("%s is refused, and nothing changes", async (_, change, why) => {
  const { disk } = await ready("");
  const { device } = liveDevice(disk.boot(), { ...waiting, plainHttp: "loopback" });
  await steer(() => device.configure({}));
  const before = device.config();
  await expect(device.configure(change)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(why) });
  expect(device.config()).toEqual(before);
  await device.stop();
});

test("who waits for an answer when the device stops is told so, and afterwards nobody steers it", async () => {
  const { server, disk } = await ready("", ["lost"]);
  const { device } = liveDevice(disk.boot(), waiting);
  const order = steer(() => device.provision("PROV-AAAA-AAAA", { replace: false }));
  const asked = expect(order).rejects.toMatchObject({ status: 503, message: "The device is stopping" });
  await later(() => server.asked(provisionPath).length === 1);
  await device.stop();
  await asked;
  await expect(device.provision("PROV-AAAA-AAAA", { replace: true })).rejects.toMatchObject({ status: 503 });
  await device.disconnect();
  await device.disconnect();
});
