import { afterEach, describe, expect, it, test } from "vitest";
import { boxIdOf } from "../../src/device/box.js";
import { supervise, VirtualWorld } from "../../src/testing/index.js";
import { boxOf, identityOn, placed, siteLife, textOn } from "./support/first-boot.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { bad, good, identity, registerPath } from "./support/newt.js";

afterEach(closeAll);

const here = boxOf("dc:a6:32:00:00:01");
const there = boxOf("dc:a6:32:00:00:02");
const movedNotice = expect.stringMatching(/^the credentials in newt\.json were stored on another box: /);

describe("what a box is known by", () => {
  const marks = { machineId: "3d1219c7c4c5404aaa1f6d2a48adfda4", macs: ["dc:a6:32:00:00:01"], serial: "10000000a1b2" };

  it("is the same whatever the order and the spelling", () => {
    const macs = ["dc:a6:32:00:00:01", "dc:a6:32:00:00:02"];
    const shuffled = [" DC:A6:32:00:00:02\n", "dc:a6:32:00:00:01", "dc:a6:32:00:00:02", "00:00:00:00:00:00", ""];
    expect(boxIdOf({ ...marks, macs: shuffled })).toBe(boxIdOf({ ...marks, macs }));
  });

  it.each([
    ["machine id", { machineId: "aa1219c7c4c5404aaa1f6d2a48adfda4" }],
    ["address", { macs: ["dc:a6:32:00:00:09"] }],
    ["serial number", { serial: "10000000ffff" }],
  ])("is another with another %s", (_, other) => {
    expect(boxIdOf({ ...marks, ...other })).not.toBe(boxIdOf(marks));
  });

  it("tells nothing of what went in, and a value of one kind is not one of another", () => {
    expect(boxIdOf(marks)).toMatch(/^[0-9a-f]{64}$/);
    expect(boxIdOf({ machineId: "x", macs: [] })).not.toBe(boxIdOf({ serial: "x", macs: [] }));
  });

  it("is nothing where nothing is known", () => {
    expect(boxIdOf({ macs: ["00:00:00:00:00:00"], machineId: "", serial: undefined })).toBeUndefined();
  });
});

describe("a nonce", () => {
  /** The nonces that were sent from a disk with a nonce file. */
  async function sent(
    nonceFile: string,
    options: Parameters<typeof live>[1],
  ): Promise<readonly (string | undefined)[]> {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    disk.write(".newt.json.nonce", nonceFile);
    const { site, diary } = live(disk.boot(), options);
    await diary.happened("connected");
    await site.stop();
    return server.asked(registerPath).map(({ headers }) => headers["firstboot-nonce"]);
  }
  const nonce = "0123456789abcdef".repeat(4);

  it.each([
    ["this box", `${nonce}\n${here}\n`, { box: here }],
    ["no box, as earlier releases wrote it", `${nonce}\n`, { box: here }],
    ["some box, where boxes are not told apart", `${nonce}\n${there}\n`, {}],
  ])("that was made on %s is used", async (_, file, options) => {
    expect(await sent(file, options)).toEqual([nonce]);
  });

  it.each([
    ["was made on another box", `${nonce}\n${there}\n`],
    ["is none", `hello\n${here}\n`],
  ])("that %s is replaced", async (_, file) => {
    const [used, ...more] = await sent(file, { box: here });
    expect(more).toEqual([]);
    expect(used).toMatch(/^[0-9a-f]{64}$/);
    expect(used).not.toBe(nonce);
  });

  it("is stored with its box, and the file of another is overwritten", async () => {
    const server = await serve({ register: [bad(401, "Invalid provisioning key")] });
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    disk.write(".newt.json.nonce", `${nonce}\n${there}\n`);
    await live(disk.boot(), { box: here }).end;
    const [request] = server.asked(registerPath);
    expect(disk.read(".newt.json.nonce")).toBe(`${request?.headers["firstboot-nonce"]}\n${here}\n`);
  });
});

describe("credentials that were stored on another box", () => {
  it("are used, with one notice, and never exchanged", async () => {
    const server = await serve({ register: [good(201, identity)] });
    const disk = box();
    const overrides = { provisioningKey: key };
    disk.write("newt.json", { endpoint: server.url });
    const told: string[][] = [];
    for (const on of [here, there, there, undefined]) {
      const { site, diary } = live(disk.boot(), { overrides, ...(on && { box: on }) });
      await diary.happened("connected");
      await site.stop();
      told.push(diary.all("notice").map(({ message }) => message));
    }
    expect(told).toEqual([[], [movedNotice], [], []]);
    expect(server.asked(registerPath)).toHaveLength(1);
  });
});

test("an image that is copied at any moment before the credentials are stored makes as many identities as boxes", async () => {
  const virtual = new VirtualWorld({ seed: 1 });
  const outcome = await virtual.run(async () => {
    const original = virtual.host("box");
    const subject = await placed(virtual, original, { blueprints: true, maxBatchSize: 1_000 });
    const { client, org, operator } = subject.plane;
    const copies: ReturnType<typeof virtual.host>[] = [];
    const start = (host: typeof original, mac: string): void => {
      supervise(virtual, host, (world) => siteLife(subject, world, boxOf(mac)), { restartAfterMs: 100 });
    };
    original.hazard = () => {
      if (textOn(original).includes('"secret"')) return undefined;
      const host = virtual.host(`copy ${copies.length + 1}`);
      for (const [path, { data, mode }] of original.disk.snapshot()) host.disk.put(path, data, mode);
      const mac = `dc:a6:32:01:00:${copies.push(host).toString(16).padStart(2, "0")}`;
      virtual.after(0, () => start(host, mac));
      return undefined;
    };
    start(original, "dc:a6:32:00:00:01");
    await operator.clock.sleep(180_000);
    const sites = await client.listSites(org);
    const [{ numUsed } = { numUsed: 0 }] = await client.listKeys(org);
    const identities = [original, ...copies].map((host) => identityOn(host).id);
    subject.plane.close();
    return { copies: copies.length, sites, numUsed, identities };
  });
  process.stdout.write(`an image copied at ${outcome.copies} points\n`);
  const boxes = outcome.copies + 1;
  expect(outcome.copies).toBeGreaterThan(15);
  expect(new Set(outcome.identities).size).toBe(boxes);
  expect(outcome.identities).not.toContain(undefined);
  expect(outcome.sites.map(({ online }) => online)).toEqual(Array(boxes).fill(true));
  expect(outcome.numUsed).toBe(boxes);
});
