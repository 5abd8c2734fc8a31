import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, test } from "vitest";
import { readSafely } from "../../src/device/good-copy.js";
import { Host } from "../../src/device/host.js";
import { edgeflow, newt } from "../../src/device/persona.js";
import { isTorn } from "../../src/device/torn.js";
import { supervise, VirtualWorld } from "../../src/testing/index.js";
import { changed } from "../changed.js";
import { judgeSite, placed, siteLife } from "./support/first-boot.js";
import { boardLife, judgeBoard, placedBoard } from "./support/first-boot-board.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { good, identity, registerPath } from "./support/newt.js";

afterEach(closeAll);

function restored(file: string): string {
  return `${file} was torn, as after a power loss: its last good copy was put back`;
}

describe("a file is torn", () => {
  it("at every length of any object but the whole", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const object = fc.oneof(fc.dictionary(fc.string({ unit: "binary" }), value, { maxKeys: 4 }), fc.array(value));
    const property = fc.property(object, fc.constantFrom(0, 2), (whole, indent) => {
      const text = JSON.stringify(whole, undefined, indent);
      for (let end = 0; end < text.length; end += 1) {
        if (!isTorn(text.slice(0, end))) throw new Error(`not torn: ${text.slice(0, end)}`);
      }
      expect([isTorn(text), isTorn(`${text}\n`)]).toEqual([false, false]);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it.each(["", " \n", "\0\0\0", '{"a":1}\0', "[1,2", '{"a":tr', '{"a":-', '{"a":0', '{"a":"\\u00', '{"a":"\\'])(
    "when it is %j",
    (text) => {
      expect(isTorn(text)).toBe(true);
    },
  );

  it.each([
    '{"a":1,}',
    '{"a":x}',
    "{a:1",
    '{"a" 1',
    '{"a":1 "b',
    '{"a":1]',
    '{"a":[1 2',
    "hello",
    "{}}",
    '{"a":1} x',
    '{"a":"\\u0000"}',
  ])("not when it is %j, which a person may have written", (text) => {
    expect(isTorn(text)).toBe(false);
  });
});

test.each([
  ["a config file", "newt.json", placed, siteLife, judgeSite],
  ["a device's credentials", "state/credentials.json", placedBoard, boardLife, judgeBoard],
] as const)(
  "%s torn at any byte, or full of zeros, come back with the same identity",
  async (_, file, place, life, judge) => {
    const virtual = new VirtualWorld({ seed: 1 });
    await virtual.run(async () => {
      const host = virtual.host("box");
      const subject = await place(virtual, host);
      const { operator } = subject.plane;
      /** Lives for a while. */
      const live = async (): Promise<void> => {
        const supervisor = supervise(virtual, host, (world) => life(subject, world), { restartAfterMs: 100 });
        await operator.clock.sleep(5_000);
        supervisor.stop();
      };
      await live();
      const whole = host.disk.get(file) ?? Buffer.alloc(0);
      // A newline at the end is no part of what can be lost.
      const length = whole.toString().trimEnd().length;
      expect(length).toBeGreaterThan(100);
      for (let end = 0; end < length; end += 1) {
        for (const torn of [whole.subarray(0, end), Buffer.alloc(end + 1)]) {
          host.kill();
          host.disk.put(file, torn, 0o600);
          await live();
          expect(host.disk.get(file), `after ${end} bytes`).toEqual(whole);
        }
      }
      expect(subject.notices).toEqual(Array(2 * length).fill(restored(file)));
      await judge(subject, host);
      subject.plane.close();
    });
  },
);

describe("a torn config file", () => {
  const second = { newtId: "secondidsecond1", secret: "an0th3r" };
  const whole = { endpoint: "", id: identity.newtId, secret: identity.secret };

  /** A box that has been online, its copy made. */
  async function enrolled() {
    const server = await serve({ register: [good(201, identity), good(201, second)] });
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    const first = live(disk.boot());
    await first.diary.happened("connected");
    await first.site.stop();
    return { server, disk };
  }

  it("without a copy is an empty one if it is blank", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", "\n");
    const { site, diary } = live(disk.boot(), { overrides: { endpoint: server.url, provisioningKey: key } });
    await diary.happened("connected");
    await site.stop();
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ ...whole, endpoint: server.url });
  });

  it.each(['{"id":"abc', "\0\0\0\0"])("without a copy is left to a person: %j", async (text) => {
    const disk = box();
    disk.write("newt.json", text);
    await expect(live(disk.boot()).end).rejects.toMatchObject({ code: "FB1005" });
    expect(disk.read("newt.json")).toBe(text);
    expect(disk.files()).toEqual(["newt.json"]);
  });

  it("is a person's where it is wrong in the middle: the copy is not used, nothing is touched", async () => {
    const { server, disk } = await enrolled();
    const text = `{"endpoint":"${server.url}" "id":"x"}`;
    disk.write("newt.json", text);
    await expect(live(disk.boot()).end).rejects.toMatchObject({ code: "FB1005" });
    expect(disk.read("newt.json")).toBe(text);
  });

  it("that a person may have edited, a brace forgotten, is kept beside the copy that is put back", async () => {
    const { disk } = await enrolled();
    const whole = disk.read("newt.json");
    const edited = whole.replace(/\n}$/, ',\n  "noCloud": true\n');
    disk.write("newt.json", edited);
    const { site, diary } = live(disk.boot());
    await diary.happened("connected");
    await site.stop();
    expect(disk.read("newt.json")).toBe(whole);
    expect([disk.read(".newt.json.torn"), disk.mode(".newt.json.torn")]).toEqual([edited, 0o600]);
    expect(diary.all("notice").map(({ message }) => message)).toEqual([
      `${restored("newt.json")}; if you were editing it: what stood there is in .newt.json.torn`,
    ]);
  });

  it("that is missing is a fresh start, whatever the copy says, and the copy is replaced", async () => {
    const { server, disk } = await enrolled();
    rmSync(join(disk.path, "newt.json"));
    const overrides = { endpoint: server.url, provisioningKey: key };
    const { site, diary } = live(disk.boot(), { overrides });
    await diary.happened("connected");
    await site.stop();
    expect(server.asked(registerPath)).toHaveLength(2);
    expect(JSON.parse(disk.read("newt.json")).id).toBe(second.newtId);
    expect(disk.read(".newt.json.good")).toContain(second.newtId);
    expect(disk.everything()).not.toContain(identity.newtId);
  });

  it("goes on from its copy where the disk cannot be written any more", async () => {
    const { disk } = await enrolled();
    disk.write("newt.json", "");
    const world = disk.boot();
    const readOnly = Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    const fails = (): Promise<never> => Promise.reject(readOnly);
    const { site, diary } = live({
      ...world,
      disk: changed(world.disk, { write: fails, remove: fails, rename: fails }),
    });
    await diary.happened("connected");
    await site.stop();
    expect(diary.all("notice").map(({ message }) => message)).toEqual([restored("newt.json")]);
    expect(diary.all("failed")[0]).toMatchObject({ step: "persist", kind: "disk" });
  });

  it("stays torn under newt as shipped, which keeps no copy", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    const first = live(disk.boot(), { persona: newt });
    await first.diary.happened("connected");
    await first.site.stop();
    expect(disk.files()).toEqual(["newt.json"]);
    disk.write("newt.json", "");
    await expect(live(disk.boot(), { persona: newt }).end).rejects.toMatchObject({ code: "FB1005" });
  });
});

test("a device's credentials that somebody has edited, a brace forgotten, are kept beside the copy too", async () => {
  const disk = box();
  const [whole, edited] = ['{"device_id":"a"}', '{"device_id":"b"'];
  disk.write("credentials.json", edited);
  disk.write("credentials.json.good", { text: whole });
  const host = new Host(disk.boot(), edgeflow, () => {});
  const file = { path: "credentials.json", copy: "credentials.json.good" };
  expect(await readSafely(host, file)).toBe(whole);
  expect([disk.read(".credentials.json.torn"), disk.mode(".credentials.json.torn")]).toEqual([edited, 0o600]);
});

test("a config file that a person has changed is copied anew at the next start", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  for (const change of [{}, { mtu: 1300 }]) {
    if (disk.files().includes(".newt.json.good")) {
      disk.write("newt.json", { ...JSON.parse(disk.read("newt.json")), ...change });
    }
    const { site, diary } = live(disk.boot());
    await diary.happened("connected");
    await site.stop();
  }
  expect(JSON.parse(disk.read(".newt.json.good"))).toEqual({ text: disk.read("newt.json") });
  expect(JSON.parse(disk.read("newt.json"))).toMatchObject({ mtu: 1300 });
});
