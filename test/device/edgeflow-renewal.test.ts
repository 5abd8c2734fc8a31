import { afterEach, expect, test } from "vitest";
import { BoxId } from "../../src/device/box.js";
import type { EdgeFlowOptions } from "../../src/device/index.js";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import type { Box } from "./support/box.js";
import { ManualClock } from "./support/clock.js";
import { cloud, credentials, liveDevice, otherCredentials, provisionPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const oldCode = "EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4";
const newCode = "EDGEFLOW_PROVISIONING_CODE=PROV-NEWX-CODE";
const administrators = "EDGEFLOW_DEVICE_ID=dev_abc123xyz\nEDGEFLOW_API_KEY=efk_set_by_an_administrator";
const fix = "put a new EDGEFLOW_PROVISIONING_CODE into .env";

/** A box whose first life has credentials, and a cloud that gives others to the next code. */
async function provisioned(refused: ReadonlyMap<string, string>): Promise<{ server: ScriptedServer; disk: Box }> {
  const server = await cloud({
    provision: [credentials, otherCredentials].map((body) => ({ status: 201, body })),
    refused,
  });
  const disk = box();
  writeEnv(disk, server, oldCode);
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("persisted");
  await device.stop();
  return { server, disk };
}

/** How a device comes to be without credentials that work: what befalls the box, and what the cloud says of the old key. */
interface Mishap {
  readonly befalls?: (disk: Box) => void;
  readonly refused?: ReadonlyMap<string, string>;
  readonly clock?: () => ManualClock;
  readonly why: RegExp;
}

/** A clock long after the credentials have ended. */
class LateClock extends ManualClock {
  override now(): number {
    return Date.UTC(2030, 0) + this.monotonic();
  }
}

const says = (text: string) => new Map([[credentials.api_key, text]]);
const mishaps: Readonly<Record<string, Mishap>> = {
  "has lost the key": {
    befalls: (disk) => disk.write("state/credentials.key", "00".repeat(32)),
    why: /cannot be opened with the key in state\/credentials\.key/,
  },
  "has a torn key": { befalls: (disk) => disk.write("state/credentials.key", "0123"), why: /cannot be opened/ },
  "has torn credentials and no copy": {
    befalls: (disk) => {
      disk.write("state/credentials.json", '{"sealed_with":{"kind":"key f');
      disk.write("state/credentials.json.good", "");
    },
    why: /is torn and has no good copy/,
  },
  "has credentials that have ended": {
    clock: () => new LateClock(),
    refused: says("credentials have expired"),
    why: /the credentials have ended \(2027/,
  },
  "is refused": {
    refused: says("invalid credentials"),
    why: /the cloud refuses the credentials \(invalid credentials\)/,
  },
};

function boot(disk: Box, { clock }: Mishap, options: Partial<EdgeFlowOptions> = {}) {
  return liveDevice(disk.boot({ ...(clock && { clock: clock() }) }), options);
}

test.each(Object.entries(mishaps))(
  "a device that %s takes a new identity with a new code, and keeps it",
  async (_, mishap) => {
    const { server, disk } = await provisioned(mishap.refused ?? new Map());
    mishap.befalls?.(disk);
    writeEnv(disk, server, newCode);
    const { device, diary } = boot(disk, mishap);
    await diary.happened("connected");
    await device.stop();
    expect(diary.all("notice").map(({ message }) => message)).toEqual([expect.stringMatching(mishap.why)]);
    expect(server.asked(provisionPath).map(({ body }) => JSON.parse(body).provisioning_code)).toEqual([
      "PROV-A1B2-C3D4",
      "PROV-NEWX-CODE",
    ]);
    const next = boot(disk, mishap);
    await next.diary.happened("connected");
    await next.device.stop();
    expect(next.diary.all("notice")).toEqual([]);
    expect(server.asked(provisionPath)).toHaveLength(2);
    expect(server.frames.entries.filter((text) => text.includes(otherCredentials.api_key))).toHaveLength(2);
  },
);

const withoutWay = Object.entries(mishaps).filter(([name]) => name !== "has torn credentials and no copy");
test.each(withoutWay)("a device that %s and knows its code to be used ends with what to do", async (_, mishap) => {
  const { server, disk } = await provisioned(mishap.refused ?? new Map());
  mishap.befalls?.(disk);
  writeEnv(disk, server, "EDGEFLOW_PROVISIONING_CODE=' prov-a1b2-c3d4'");
  expect(await boot(disk, mishap).end).toMatchObject({ kind: "refused", fix });
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test.each(Object.entries(mishaps))("a device that %s and has no code ends with what to do", async (_, mishap) => {
  const { server, disk } = await provisioned(mishap.refused ?? new Map());
  mishap.befalls?.(disk);
  writeEnv(disk, server, "");
  expect(await boot(disk, mishap).end).toMatchObject({ kind: "refused", fix });
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test.each(Object.entries(mishaps))("a device that %s goes by its administrator's credentials", async (_, mishap) => {
  const { server, disk } = await provisioned(mishap.refused ?? new Map());
  mishap.befalls?.(disk);
  writeEnv(disk, server, `${newCode}\n${administrators}`);
  const before = disk.read("state/credentials.json");
  const { device, diary } = boot(disk, mishap);
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(1);
  expect(disk.read("state/credentials.json")).toBe(before);
});

test("an administrator's credentials that are refused are never replaced", async () => {
  const refused = new Map([["efk_set_by_an_administrator", "invalid credentials"]]);
  const server = await cloud({ refused });
  const disk = box();
  writeEnv(disk, server, `${newCode}\n${administrators}`);
  expect(await liveDevice(disk.boot()).end).toEqual({
    kind: "refused",
    step: "connect",
    reason: "invalid credentials",
    fix: "put EDGEFLOW_DEVICE_ID and EDGEFLOW_API_KEY into .env",
  });
  expect(server.asked(provisionPath)).toEqual([]);
});

test("a code that is put into the file while the device is online is there when the cloud turns it away", async () => {
  const refused = new Map<string, string>();
  const { server, disk } = await provisioned(refused);
  const clock = new ManualClock();
  const { device, diary } = liveDevice(disk.boot({ clock }));
  await diary.happened("connected");
  writeEnv(disk, server, newCode);
  refused.set(credentials.api_key, "credentials have been revoked");
  server.channels.at(-1)?.close(1008);
  clock.advance((await diary.happened("waiting")).ms);
  await diary.happened("connected", 2);
  await device.stop();
  expect(server.frames.entries.at(-1)).toContain(otherCredentials.api_key);
});

test("a code that the cloud refuses too ends the life, and is not taken for used", async () => {
  const server = await cloud({
    provision: [
      { status: 201, body: credentials },
      { status: 404, body: { error: "unknown code" } },
      { status: 201, body: otherCredentials },
    ],
    refused: says("revoked"),
  });
  const disk = box();
  writeEnv(disk, server, oldCode);
  await liveDevice(disk.boot()).end;
  writeEnv(disk, server, newCode);
  const refusal = { kind: "refused", step: "exchange", status: 404, reason: "unknown code" };
  expect(await liveDevice(disk.boot()).end).toEqual(refusal);
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  await device.stop();
});

test("credentials that have ended by the device's clock alone are used as long as there is no new code", async () => {
  const { server, disk } = await provisioned(new Map());
  const { device, diary } = liveDevice(disk.boot({ clock: new LateClock() }));
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("a clock in 1970 ends nothing", async () => {
  class Epoch extends ManualClock {
    override now(): number {
      return this.monotonic();
    }
  }
  const { server, disk } = await provisioned(new Map());
  writeEnv(disk, server, newCode);
  const { device, diary } = liveDevice(disk.boot({ clock: new Epoch() }));
  await diary.happened("connected");
  await device.stop();
  expect(diary.all("notice")).toEqual([]);
  expect(server.asked(provisionPath)).toHaveLength(1);
  expect(server.frames.entries.at(-1)).toMatch(/"timestamp":"1970-01-01T00:00:00Z"/);
});

test.each(["", "\0".repeat(200), '{\n  "sealed_with": {'])(
  "credentials torn to %j are put back from their last good copy",
  async (torn) => {
    const { server, disk } = await provisioned(new Map());
    const before = disk.read("state/credentials.json");
    disk.write("state/credentials.json", torn);
    writeEnv(disk, server, newCode);
    const { device, diary } = liveDevice(disk.boot());
    await diary.happened("connected");
    await device.stop();
    expect(diary.all("notice").map(({ message }) => message)).toEqual([expect.stringContaining("last good copy")]);
    expect(disk.read("state/credentials.json")).toBe(before);
    expect(server.asked(provisionPath)).toHaveLength(1);
  },
);

test.each([
  ["{} more", "in the middle"],
  ['{"device_id": 5}', "a wrong type"],
  ["null", "nothing"],
])("credentials that say %s are a person's mistake: one clear line, and nothing touched", async (written) => {
  const { server, disk } = await provisioned(new Map());
  disk.write("state/credentials.json", written);
  writeEnv(disk, server, newCode);
  await expect(liveDevice(disk.boot()).end).rejects.toMatchObject({
    code: "FB1005",
    message: expect.stringContaining("state/credentials.json"),
  });
  expect(disk.read("state/credentials.json")).toBe(written);
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("credentials that were stored on another box are used, with a word on it", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server, oldCode);
  const boxes = ["a", "b"].map((digit) => BoxId.parse(digit.repeat(64)));
  const told: string[][] = [];
  for (const own of [boxes[0], boxes[0], boxes[1], boxes[1], undefined]) {
    writeEnv(disk, server, own === boxes[0] ? oldCode : newCode);
    const { device, diary } = liveDevice(disk.boot(), own && { box: own });
    await diary.happened("connected");
    await device.stop();
    told.push(diary.all("notice").map(({ message }) => message));
  }
  expect(told).toEqual([[], [], [expect.stringContaining("stored on another box")], [], []]);
  expect(server.asked(provisionPath)).toHaveLength(1);
});

test("a nonce that was made on another box is thrown away", async () => {
  const server = await cloud({ provision: ["lost", { status: 201, body: credentials }] });
  const disk = box();
  writeEnv(disk, server, oldCode);
  const [first, second] = ["a", "b"].map((digit) => BoxId.parse(digit.repeat(64)));
  const world = disk.boot();
  liveDevice(world, first && { box: first });
  while (server.asked(provisionPath).length < 1) await world.clock.turn();
  world.process.kill();
  const { device, diary } = liveDevice(disk.boot(), second && { box: second });
  await diary.happened("connected");
  await device.stop();
  expect(new Set(server.asked(provisionPath).map(({ headers }) => headers["firstboot-nonce"])).size).toBe(2);
});

test("a box whose credentials were removed begins anew", async () => {
  const { server, disk } = await provisioned(new Map());
  disk.write("state/credentials.json.good", disk.read("state/credentials.json.good"));
  const removed = disk.boot();
  await removed.disk.remove("state/credentials.json");
  writeEnv(disk, server, newCode);
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath)).toHaveLength(2);
  expect(server.frames.entries.at(-1)).toContain(otherCredentials.api_key);
});

test("a device that keeps nothing sends its used code again", async () => {
  const server = await cloud({
    provision: [
      { status: 201, body: credentials },
      { status: 409, body: { error: "already used" } },
    ],
  });
  const disk = box();
  writeEnv(disk, server);
  const first = liveDevice(disk.boot(), { persona: edgeflowField });
  await first.diary.happened("connected");
  await first.device.stop();
  const end = await liveDevice(disk.boot(), { persona: edgeflowField }).end;
  expect(end).toEqual({ kind: "failed", step: "exchange", status: 409, reason: "already used" });
});

test("a state directory that cannot be made costs no code", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  disk.write("state", "a file where the directory belongs");
  const persona: Persona = edgeflow;
  await expect(liveDevice(disk.boot(), { persona }).end).rejects.toMatchObject({ code: "FB1002" });
  expect(server.asked(provisionPath)).toEqual([]);
});

test("a service that has its .env file as a credential is told which file to change, and not the copy", async () => {
  const { server, disk } = await provisioned(says("invalid credentials"));
  writeEnv(disk, server, oldCode);
  const world = disk.boot({ env: { CREDENTIALS_DIRECTORY: "." } });
  expect(await liveDevice(world).end).toMatchObject({
    fix: "put a new EDGEFLOW_PROVISIONING_CODE into the file that LoadCredential=.env names, and start the service again",
  });
});
