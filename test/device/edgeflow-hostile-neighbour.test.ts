import { afterEach, expect, test } from "vitest";
import { edgeflow, type Persona } from "../../src/device/persona.js";
import type { World } from "../../src/world/world.js";
import type { Box } from "./support/box.js";
import { ManualClock } from "./support/clock.js";
import {
  type CloudScript,
  cloud,
  credentials,
  liveDevice,
  otherCredentials,
  provisionPath,
  sent,
  writeEnv,
} from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const code = "EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4";
const waiting = { waitsForCode: true };
const quick: Persona = { ...edgeflow, exchangeTimeoutMs: 200 };

/** A device that is online with its first credentials, beside a cloud that answers as it is told. */
async function online(script: CloudScript = {}, persona: Persona = edgeflow) {
  const first = { status: 201, body: credentials };
  const server = await cloud({ ...script, provision: [first, ...(script.provision ?? [])] });
  const disk = box();
  writeEnv(disk, server, code);
  const world = disk.boot();
  const lived = liveDevice(world, { ...waiting, persona });
  await lived.diary.happened("connected");
  return { server, disk, world, ...lived };
}

async function later(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

function nonces(server: ScriptedServer) {
  return server.asked(provisionPath).map(({ headers }) => headers["firstboot-nonce"]);
}

/** The device dies, and what it was about to do is not done. */
function death({ process }: World): Promise<never> {
  process.kill();
  return new Promise(() => {});
}

async function next(disk: Box) {
  const lived = liveDevice(disk.boot(), waiting);
  await lived.diary.happened("connected");
  return lived;
}

test("a code by hand, the answer to which was lost with the device, can be given again after any number of starts", async () => {
  const { server, disk, world, device } = await online({
    provision: ["lost", { status: 201, body: otherCredentials }],
  });
  void device.provision("PROV-NEWX-CODE", { replace: true }).catch(() => {});
  await later(() => server.asked(provisionPath).length === 2);
  world.process.kill();
  for (const _ of ["a start", "another"]) await (await next(disk)).device.stop();
  const last = await next(disk);
  expect(await last.device.provision("prov-newx-code", { replace: true })).toEqual(otherCredentials);
  await last.diary.happened("connected", 2);
  await last.device.stop();
  const [first, lost, again] = nonces(server);
  expect(again).toBe(lost);
  expect(again).not.toBe(first);
  expect(disk.files()).not.toContain("state/nonce");
});

test("and so it can be after a death between the answer and the file, and by the .env file", async () => {
  const { server, disk, world, device } = await online({ provision: [{ status: 201, body: otherCredentials }] });
  const { disk: files } = world;
  const rename = files.rename.bind(files);
  files.rename = (from, to) => (to.endsWith("credentials.json") ? death(world) : rename(from, to));
  void device.provision("PROV-NEWX-CODE", { replace: true }).catch(() => {});
  await later(() => !world.process.alive);
  await (await next(disk)).device.stop();
  disk.write("state/credentials.key", "00".repeat(32));
  writeEnv(disk, server, "EDGEFLOW_PROVISIONING_CODE=PROV-NEWX-CODE");
  await (await next(disk)).device.stop();
  const [, lost, again] = nonces(server);
  expect(again).toBe(lost);
  expect(sent(server, "connect").at(-1).api_key).toBe(otherCredentials.api_key);
});

test("a nonce whose codes are all settled is dropped at the next start", async () => {
  const { server, disk, world, device } = await online({ provision: [{ status: 201, body: otherCredentials }] });
  const { disk: files } = world;
  const remove = files.remove.bind(files);
  files.remove = (path) => (path.endsWith("nonce") ? death(world) : remove(path));
  void device.provision("PROV-NEWX-CODE", { replace: true }).catch(() => {});
  await later(() => !world.process.alive);
  expect(disk.files()).toContain("state/nonce");
  await (await next(disk)).device.stop();
  expect(disk.files()).not.toContain("state/nonce");
  expect(server.asked(provisionPath)).toHaveLength(2);
});

test.each([
  ["another server", (other: ScriptedServer) => ({ server_url: other.host })],
  [
    "another server and a masked key",
    (other: ScriptedServer) => ({
      server_url: other.host,
      device_id: credentials.device_id,
      api_key: "efk_test...cdef",
    }),
  ],
  [
    "another server and half of an identity",
    (other: ScriptedServer) => ({ server_url: other.host, device_id: "dev_x" }),
  ],
  ["no TLS where there was", () => ({ enable_tls: true })],
])("whoever has a device go to %s does not get its key", async (_, change) => {
  const { server, device } = await online();
  const thief = await cloud();
  const before = device.config();
  await expect(device.configure(change(thief))).rejects.toMatchObject({
    status: 400,
    message: /device_id and api_key/,
  });
  expect(device.config()).toEqual(before);
  await device.configure({ server_url: thief.host, device_id: "dev_abc123xyz", api_key: "efk_of_the_thief" });
  await later(() => sent(thief, "connect").length > 0);
  await device.stop();
  expect(sent(thief, "connect").map(({ api_key }) => api_key)).toEqual(["efk_of_the_thief"]);
  expect(JSON.stringify(thief.requests)).not.toContain(credentials.api_key);
  expect(sent(server, "connect")).toHaveLength(1);
});

test("nor does one who switches a device on that was off: neither its key nor its code", async () => {
  const { server, disk, device } = await online();
  await device.stop();
  const thief = await cloud({ provision: [{ status: 404, body: { error: "unknown" } }] });
  writeEnv(disk, server, "EDGEFLOW_PROVISIONING_CODE=PROV-NEWX-CODE\nEDGEFLOW_SAAS_ENABLED=false");
  const off = liveDevice(disk.boot(), waiting);
  await later(() => off.device.config().server_url !== "");
  const move = { enabled: true, server_url: thief.host };
  await expect(off.device.configure(move)).rejects.toMatchObject({ status: 400 });
  await off.device.stop();

  const files = disk.boot().disk;
  for (const name of ["credentials.json", "credentials.json.good"]) await files.remove(`state/${name}`);
  const fresh = liveDevice(disk.boot(), waiting);
  await later(() => fresh.device.config().server_url !== "");
  await fresh.device.configure(move);
  await later(() => fresh.device.config().server_url === thief.host);
  await fresh.device.provision("PROV-THEX-IRS2", { replace: false }).catch(() => {});
  await fresh.device.stop();
  expect(JSON.stringify(thief.requests)).not.toMatch(/NEWX|efk_/);
});

test.each([
  ["a line break in the key", { device_id: "dev_1", api_key: "efk_\nx: y" }],
  ["half a character in the id", { device_id: "\ud800", api_key: "efk_1" }],
])("%s is refused by the local API's schema", async (_, change) => {
  const { ConfigChange } = await import("../../src/device/edgeflow/local/index.js");
  expect(ConfigChange.safeParse(change).success).toBe(false);
  expect(ConfigChange.safeParse({ device_id: "", api_key: "" }).success).toBe(true);
});

test("connect during a goodbye takes the disconnect back: the last wish holds", async () => {
  const { server, device, diary } = await online();
  const gone = device.disconnect();
  expect(device.connect()).toBe(true);
  await gone;
  await diary.happened("connected", 2);
  for (let nth = 0; nth < 50; nth++) {
    void device.disconnect();
    device.connect();
  }
  await device.disconnect();
  expect(device.status().connected).toBe(false);
  expect(device.connect()).toBe(true);
  await diary.until(({ type }) => type === "connected", diary.all("connected").length + 1);
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("disconnect during an exchange holds after it: the device has its credentials and stays away", async () => {
  const { server, device, diary } = await online({ provision: [{ status: 201, body: otherCredentials }] });
  const given = device.provision("PROV-NEWX-CODE", { replace: true });
  await device.disconnect();
  expect(await given).toEqual(otherCredentials);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(device.status()).toMatchObject({ connected: false, status: "offline", device_id: otherCredentials.device_id });
  expect(diary.all("connected")).toHaveLength(1);
  device.connect();
  await diary.happened("connected", 2);
  await device.stop();
  expect(sent(server, "connect").at(-1).api_key).toBe(otherCredentials.api_key);
});

test("a storm of connects neither keeps a device from its cloud nor has it ask more than once at a time", async () => {
  const server = await cloud({ welcome: null });
  const disk = box();
  writeEnv(disk, server, code);
  const clock = new ManualClock();
  const { device, diary } = liveDevice(disk.boot({ clock }), waiting);
  await later(() => sent(server, "connect").length === 1);
  for (let nth = 0; nth < 1_000; nth++) device.connect();
  server.channels[0]?.send('{"type":"connected"}');
  await diary.happened("connected");
  await device.stop();
  expect(server.upgrades).toHaveLength(1);
});

test("a device that was provisioned by hand while its own code hung takes another code later", async () => {
  const server = await cloud({
    provision: ["lost", ...[credentials, otherCredentials].map((body) => ({ status: 201, body }))],
  });
  const disk = box();
  writeEnv(disk, server, code);
  const { device, diary } = liveDevice(disk.boot(), { ...waiting, persona: { ...quick, exchangeTimeoutMs: 60_000 } });
  await later(() => server.asked(provisionPath).length === 1);
  expect(await device.provision("PROV-AAAA-AAAA", { replace: true })).toEqual(credentials);
  await diary.happened("connected");
  expect(await device.provision("PROV-BBBB-BBBB", { replace: true })).toEqual(otherCredentials);
  await device.stop();
});
