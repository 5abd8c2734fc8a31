import { hkdfSync, pbkdf2Sync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { openValue, sealValue } from "../../src/device/edgeflow/vault/sealing.js";
import type { KeySource } from "../../src/device/index.js";
import type { Env } from "../../src/world/world.js";
import type { Box } from "./support/box.js";
import { cloud, credentials, liveDevice, provisionPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

test("a sealed value opens with its key to what it was, and with another, or changed, to nothing", () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  const nonce = fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(key, key, nonce, fc.string(), fc.nat(), (own, other, drawn, value, at) => {
      const sealed = sealValue(own, drawn, value);
      expect(Buffer.from(sealed, "base64")).toHaveLength(12 + Buffer.byteLength(value) + 16);
      expect(Buffer.from(sealed, "base64").subarray(0, 12)).toEqual(drawn);
      expect(openValue(own, sealed)).toBe(value);
      if (!own.equals(other)) expect(openValue(other, sealed)).toBeUndefined();
      const changed = Buffer.from(sealed, "base64");
      changed.writeUInt8((changed[at % changed.length] ?? 0) ^ 1, at % changed.length);
      expect(openValue(own, changed.toString("base64"))).toBeUndefined();
      expect(openValue(own, sealed.slice(0, 20))).toBeUndefined();
    }),
  );
});

/** A life until it is connected; the notices of it. */
async function connects(disk: Box, env: Env, key?: KeySource): Promise<string[]> {
  const { device, diary } = liveDevice(disk.boot({ env }), { ...(key && { key }) });
  await diary.happened("connected");
  await device.stop();
  return diary.all("notice").map(({ message }) => message);
}

/** The values of the file, opened with a key. */
function opened(disk: Box, key: Buffer): object {
  const { device_id, api_key, expires_at } = JSON.parse(disk.read("state/credentials.json"));
  return Object.fromEntries(
    Object.entries({ device_id, api_key, expires_at }).map(([name, value]) => [name, openValue(key, value)]),
  );
}

async function ready(): Promise<{ disk: Box; server: ScriptedServer }> {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  return { disk, server };
}

/** Puts a system credential where systemd would. */
function give(disk: Box, name: string, secret: Buffer): Env {
  mkdirSync(join(disk.path, "run"), { recursive: true });
  writeFileSync(join(disk.path, "run", name), secret);
  return { CREDENTIALS_DIRECTORY: "run" };
}

const passphrase = { EDGEFLOW_ENCRYPTION_PASSWORD: "correct horse battery staple" };
const secret = Buffer.from("0123456789abcdef0123456789abcdef-and-more");

test("without a word on it, the key is a random one in a file of its own", async () => {
  const { disk, server } = await ready();
  await connects(disk, {});
  const key = disk.read("state/credentials.key");
  expect(key).toMatch(/^[0-9a-f]{64}\n$/);
  expect(disk.read("state/credentials.json")).not.toContain(key.trim());
  expect(opened(disk, Buffer.from(key, "hex"))).toEqual(credentials);
  expect(await connects(disk, {})).toEqual([]);
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("the key file may lie elsewhere, and is waited for by nobody: where it is missing, that is said", async () => {
  const { disk, server } = await ready();
  mkdirSync(join(disk.path, "stick"));
  const key: KeySource = { kind: "key file", path: "stick/device.key" };
  await connects(disk, {}, key);
  expect(disk.mode("stick/device.key")).toBe(0o600);
  expect(disk.files()).not.toContain("state/credentials.key");
  await connects(disk, {}, key);
  const moved: KeySource = { kind: "key file", path: "other/device.key" };
  await expect(liveDevice(disk.boot(), { key: moved }).end).rejects.toMatchObject({
    code: "FB1005",
    message: expect.stringContaining("there is no key in other/device.key"),
  });
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test.each(["dear diary", "deadbeef"])("a file that holds no key, but %j, is not written over", async (text) => {
  const { disk, server } = await ready();
  disk.write("notes.txt", text);
  const key: KeySource = { kind: "key file", path: "notes.txt" };
  await expect(liveDevice(disk.boot(), { key }).end).rejects.toMatchObject({ code: "FB1005" });
  expect(disk.read("notes.txt")).toBe(text);
  expect(server.asked(provisionPath)).toEqual([]);
});

test.each(["EDGEFLOW_ENCRYPTION_PASSWORD", "ENCRYPTION_PASSWORD"])(
  "a passphrase in %s seals, with a salt of its own",
  async (name) => {
    const { disk, server } = await ready();
    const env = { [name]: "correct horse battery staple" };
    await connects(disk, env);
    const { kind, salt, iterations } = JSON.parse(disk.read("state/credentials.json")).sealed_with;
    expect([kind, salt, iterations]).toEqual(["passphrase", expect.stringMatching(/^[0-9a-f]{32}$/), 600_000]);
    const key = pbkdf2Sync("correct horse battery staple", Buffer.from(salt, "hex"), iterations, 32, "sha256");
    expect(opened(disk, key)).toEqual(credentials);
    expect(disk.files()).not.toContain("state/credentials.key");
    expect(disk.everything()).not.toContain("correct horse");
    await connects(disk, env);
    expect(server.asked(provisionPath)).toHaveLength(1);
  },
);

test("a system credential seals, and is found without being named", async () => {
  const { disk, server } = await ready();
  const env = give(disk, "firstboot-key", secret);
  await connects(disk, env);
  const key = Buffer.from(hkdfSync("sha256", secret, "", "firstboot device credentials", 32));
  expect(opened(disk, key)).toEqual(credentials);
  expect(disk.files()).not.toContain("state/credentials.key");
  await connects(disk, env, { kind: "system credential" });
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test.each([
  ["is missing", undefined, /is not there/],
  ["is too short", Buffer.alloc(31), /shorter than 32 bytes/],
])("a system credential that %s costs no code", async (_, given, why) => {
  const { disk, server } = await ready();
  const env = given ? give(disk, "named", given) : {};
  const key: KeySource = { kind: "system credential", name: "named" };
  const end = liveDevice(disk.boot({ env }), { key }).end;
  await expect(end).rejects.toMatchObject({ code: "FB1005", message: expect.stringMatching(why) });
  expect(server.asked(provisionPath)).toEqual([]);
});

test("a passphrase that is asked for and not there costs no code", async () => {
  const { disk, server } = await ready();
  const end = liveDevice(disk.boot(), { key: { kind: "passphrase" } }).end;
  await expect(end).rejects.toMatchObject({
    code: "FB1005",
    message: expect.stringContaining("EDGEFLOW_ENCRYPTION_PASSWORD"),
  });
  expect(server.asked(provisionPath)).toEqual([]);
});

const systemCredential = (disk: Box, bytes = secret): Env => give(disk, "firstboot-key", bytes);
test.each<readonly [string, (disk: Box) => Env, (disk: Box) => Env, RegExp]>([
  ["a passphrase, and then without it", () => passphrase, () => ({}), /give the device the passphrase in EDGEFLOW_/],
  [
    "a passphrase, and then another",
    () => passphrase,
    () => ({ ENCRYPTION_PASSWORD: "x" }),
    /is not the one that sealed it/,
  ],
  ["a key file, and then a passphrase", () => ({}), () => passphrase, /give the device its key file/],
  ["a system credential, and then without it", systemCredential, () => ({}), /the system credential that sealed it/],
  [
    "a system credential, and then another",
    systemCredential,
    (disk) => systemCredential(disk, Buffer.alloc(64)),
    /not the one/,
  ],
])("sealed with %s is an error that names what is needed, and no secret", async (_, before, after, needed) => {
  const { disk, server } = await ready();
  await connects(disk, before(disk));
  writeEnv(disk, server, "EDGEFLOW_PROVISIONING_CODE=PROV-NEWX-CODE");
  const kept = disk.read("state/credentials.json");
  const error = await liveDevice(disk.boot({ env: after(disk) })).end.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "FB1005", message: expect.stringMatching(needed) });
  for (const own of [...Object.values(credentials), ...Object.values(passphrase), "PROV-NEWX-CODE"]) {
    expect(String(error)).not.toContain(own);
  }
  expect(disk.read("state/credentials.json")).toBe(kept);
  expect(server.asked(provisionPath)).toHaveLength(1);
});
