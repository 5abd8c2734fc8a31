import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { applied, target, web } from "./newt-site.js";
import { MovableClock, org, Plane, temporaryDirectory } from "./plane.js";

/** Longer than it takes until sites that stay away are looked for again. */
const round = 61_000;
const ttlSeconds = 600;
const ttl = ttlSeconds * 1000;

async function labKey(plane: Plane, siteTtlOffline: number | null = ttlSeconds) {
  const { integration } = plane;
  const key = await integration.createKey(org, { name: "lab", maxBatchSize: null, siteTtlOffline });
  return { key: key.siteProvisioningKey, id: key.siteProvisioningKeyId };
}

/** Moves on, to a round of the housekeeping whose work is then done. */
async function pass(plane: Plane, clock: MovableClock, ms: number): Promise<void> {
  clock.move(ms);
  await plane.integration.createCodes(org, { name: "barrier" });
  await plane.integration.listCodes(org);
}

async function names(plane: Plane): Promise<string[]> {
  return (await plane.integration.listSites(org)).map(({ name }) => name);
}

test("a lab key's sites that stay away are removed, others are not", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const [lab, field] = [await labKey(plane), await labKey(plane, null)];
  const seen = await plane.newt(await plane.site(lab.key, "seen"));
  await plane.site(lab.key, "never seen");
  await plane.site(field.key, "field");
  await pass(plane, clock, 60_000);
  seen.channel.close();
  await expect.poll(async () => (await plane.integration.listSites(org, { online: true })).length).toBe(0);
  await pass(plane, clock, ttl - 30_000);
  await expect.poll(() => names(plane)).toEqual(["seen", "field"]);
  await pass(plane, clock, round);
  await expect.poll(() => names(plane)).toEqual(["field"]);
  const audit = await plane.integration.audit(org, { keyId: lab.id });
  expect(audit.filter(({ action }) => action === "expire")).toMatchObject([
    { result: "removed", address: null },
    { result: "removed" },
  ]);
  expect(await plane.integration.findKey(org, lab.id), "no use is given back").toMatchObject({ numUsed: 2 });
});

test("other sites lose the targets of what goes with a site that stays away", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const lab = await plane.newt(await plane.site((await labKey(plane)).key, "lab"));
  await plane.site((await labKey(plane, null)).key, "field");
  await applied(lab, web([target(80)]));
  await plane.integration.updateResource(org, "public", "web", { targets: [target(80, { site: "field" })] });
  const versions = async () =>
    (await plane.integration.listSites(org)).map(({ name, configVersion }) => [name, configVersion]);
  expect(await versions()).toEqual([
    ["lab", 3],
    ["field", 2],
  ]);
  lab.channel.close();
  await expect.poll(async () => (await plane.integration.listSites(org, { online: true })).length).toBe(0);
  await pass(plane, clock, 60_000);
  await pass(plane, clock, ttl + round);
  await expect.poll(versions).toEqual([["field", 3]]);
});

test("a site that is here is left, and has its time from when it leaves", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const newt = await plane.newt(await plane.site((await labKey(plane)).key, "here"));
  for (let elapsed = 0; elapsed < 3 * ttl; elapsed += 30_000) {
    clock.move(30_000);
    newt.say({ type: "newt/ping", data: {} });
    await newt.hear("pong");
  }
  await pass(plane, clock, 0);
  newt.channel.close();
  await expect.poll(async () => (await plane.integration.listSites(org))[0]?.online).toBe(false);
  await pass(plane, clock, ttl - round);
  expect(await names(plane)).toEqual(["here"]);
  await pass(plane, clock, 2 * round);
  await expect.poll(() => names(plane)).toEqual([]);
});

test("a time that is set, changed or cleared counts at once", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const { key, id } = await labKey(plane);
  await plane.site(key, "away");
  await plane.integration.updateKey(org, id, { siteTtlOffline: null });
  await pass(plane, clock, 10 * ttl);
  await plane.integration.updateKey(org, id, { siteTtlOffline: ttlSeconds * 20 });
  await pass(plane, clock, round);
  expect(await names(plane)).toEqual(["away"]);
  await plane.integration.updateKey(org, id, { siteTtlOffline: 1 });
  await pass(plane, clock, round);
  await expect.poll(() => names(plane)).toEqual([]);
});

test("nobody is away while there is no server: the time begins anew with its start", async () => {
  const clock = new MovableClock();
  const path = join(temporaryDirectory(), "control-plane.db");
  const before = await Plane.start(path, clock);
  await before.site((await labKey(before)).key, "away");
  await before.close();
  clock.move(100 * ttl);
  const after = await Plane.start(path, clock);
  await pass(after, clock, ttl - round);
  expect(await names(after)).toEqual(["away"]);
  await pass(after, clock, 2 * round);
  await expect.poll(() => names(after)).toEqual([]);
});

test("a wall clock that is set right after the start takes nobody's time away", async () => {
  const clock = new MovableClock();
  const path = join(temporaryDirectory(), "control-plane.db");
  const before = await Plane.start(path, clock);
  await before.site((await labKey(before)).key, "away");
  await before.close();
  clock.move(100 * ttl);
  clock.setWrong(-30 * 365 * 86_400_000);
  const after = await Plane.start(path, clock);
  clock.setWrong(0);
  await pass(after, clock, ttl - round);
  expect(await names(after)).toEqual(["away"]);
  await pass(after, clock, 2 * round);
  await expect.poll(() => names(after)).toEqual([]);
});

test("a site whose leaving could not be written down has its whole time from then on", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  let full = false;
  const prepare = (sql: string) => {
    if (full && sql === "commit") throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    return database.prepare(sql);
  };
  const plane = await Plane.start({ prepare, close: () => database.close() }, clock);
  const newt = await plane.newt(await plane.site((await labKey(plane)).key, "here"));
  for (let elapsed = 0; elapsed < 2 * ttl; elapsed += 30_000) {
    clock.move(30_000);
    newt.say({ type: "newt/ping", data: {} });
    await newt.hear("pong");
  }
  full = true;
  newt.channel.close();
  await expect.poll(async () => (await plane.integration.listSites(org))[0]?.online).toBe(false);
  await expect(plane.integration.createCodes(org, { name: "after it" })).rejects.toMatchObject({ status: 503 });
  full = false;
  await pass(plane, clock, ttl - round);
  expect(await names(plane)).toEqual(["here"]);
  await pass(plane, clock, 2 * round);
  await expect.poll(() => names(plane)).toEqual([]);
});

test("more sites than are looked at at once are removed in one round, and who is here is not", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const { key } = await labKey(plane);
  await Promise.all(Array.from({ length: 600 }, () => plane.register(key)));
  clock.move(ttl);
  const here = await plane.newt(await plane.site(key, "here"));
  await pass(plane, clock, round);
  await expect.poll(() => names(plane)).toEqual(["here"]);
  expect(here.pings).toBe(1);
});
