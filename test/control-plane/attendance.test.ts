import { join } from "node:path";
import type { SqliteDatabase } from "kysely";
import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import type { Attendance } from "../../src/control-plane/store/attendance.js";
import { createStore } from "../../src/control-plane/store/store.js";
import { channelUrl, decodeMessage, newtPaths, RegisterData, TokenData } from "../../src/protocol/newt/index.js";
import { startVirtualControlPlane } from "../../src/testing/index.js";
import type { HttpResponse } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { VirtualWorld } from "../../src/world/virtual/index.js";
import { dataOf, MovableClock, org, Plane, Talk, temporaryDirectory } from "./plane.js";

/** Longer than it takes until those who are connected are written down. */
const round = 61_000;

/** A database, and how often somebody's attendance was written to it. */
function watched(database: SqliteDatabase = openSqlite(":memory:")) {
  const seen = { writes: 0 };
  const prepare: SqliteDatabase["prepare"] = (sql) => {
    if (/^update "(site|device)" set "last_seen_at" = "heard"/.test(sql)) seen.writes++;
    return database.prepare(sql);
  };
  return { seen, database: { prepare, close: () => database.close() } };
}

async function beat(newt: Awaited<ReturnType<Plane["newt"]>>): Promise<void> {
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
}

test("after a power loss of the server everybody's last sign of life is known, each their own", async () => {
  const clock = new MovableClock();
  const path = join(temporaryDirectory(), "control-plane.db");
  const { seen, database } = watched(openSqlite(path));
  const before = await Plane.start(database, clock);
  const key = await before.key();
  const early = await before.newt(await before.site(key, "early"));
  const late = await before.newt(await before.site(key, "late"));
  const device = await before.device(await before.code());
  const tunnel = await before.connected(device);
  await before.site(key, "never");
  const times: Record<string, number> = {};
  await beat(early);
  times.early = clock.now();
  clock.move(30_000);
  await beat(late);
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  times.late = clock.now();
  // Nothing is heard from here on: what is known now is what was written.
  clock.move(30_001);
  await expect.poll(() => seen.writes, { message: "newts and devices" }).toBe(2);
  await before.integration.createCodes(org, { name: "barrier" });
  before.kill();

  const after = await Plane.start(path, clock);
  const sites = Object.fromEntries((await after.integration.listSites(org)).map((site) => [site.name, site]));
  expect(sites).toMatchObject({
    early: { online: false, lastAddress: "127.0.0.1" },
    late: { online: false, lastAddress: "127.0.0.1" },
    never: { lastSeen: null, lastAddress: null },
  });
  for (const name of ["early", "late"]) {
    expect(Math.abs(Date.parse(sites[name]?.lastSeen ?? "") - (times[name] ?? 0))).toBeLessThan(2_000);
  }
  const { lastSeen } = await after.integration.findDevice(org, device.deviceId);
  expect(Math.abs(Date.parse(lastSeen ?? "") - (times.late ?? 0))).toBeLessThan(2_000);
});

test("who has not been heard from since is not written down again", async () => {
  const clock = new MovableClock();
  const { seen, database } = watched();
  const plane = await Plane.start(database, clock);
  clock.move(round);
  await plane.integration.createCodes(org, { name: "barrier" });
  expect(seen.writes, "nobody is here").toBe(0);
  const newt = await plane.newt(await plane.site(await plane.key()));
  await beat(newt);
  clock.move(round);
  await expect.poll(() => seen.writes).toBe(1);
});

/** Many who are here, and who were heard from a little before `clock` says. */
function crowd(count: number, clock: MovableClock): Attendance & { heard: Map<string, number> } {
  const heard = new Map(Array.from({ length: count }, (_, index) => [`newt${index + 1}`, clock.monotonic() - index]));
  return {
    heard,
    since: clock.monotonic(),
    ids: () => [...heard.keys()],
    get: (id) => {
      const heardAt = heard.get(id);
      return heardAt === undefined ? undefined : { openedAt: heardAt, heardAt, address: "192.0.2.1" };
    },
  };
}

/** A store in a file with so many sites, and all of them here. */
function crowdedStore(count: number) {
  const clock = new MovableClock();
  const file = openSqlite(join(temporaryDirectory(), "control-plane.db"));
  const { seen, database } = watched(file);
  const store = createStore({ ...realWorld({ name: "store" }), clock }, database, Buffer.alloc(32));
  file.prepare("insert into org (id, created_at) values (?, 0)").run([org]);
  file
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into site (org_id, nice_id, name, status, created_at) select '${org}', 'site-' || i, 'x', 'approved', i from n`,
    )
    .run([]);
  file.prepare("insert into newt select 'newt' || id, id, '' from site").run([]);
  const sites = () => store.sites.list(org, {}, { way: "asc" }, { limit: count, offset: 0 });
  return { clock, seen, store, sites, roll: crowd(count, clock) };
}

test("each has a time of its own, and only those who were heard from are written down again", async () => {
  const { clock, seen, store, sites, roll } = crowdedStore(1_200);
  const ahead = clock.now() - clock.monotonic();
  await store.attendance.newts(roll);
  expect(seen.writes, "in pieces").toBe(3);
  const { items } = await sites();
  for (const [index, { lastSeen }] of items.entries()) {
    const heardAt = ahead + (roll.heard.get(`newt${index + 1}`) ?? 0);
    expect(Math.abs(Date.parse(lastSeen ?? "") - heardAt)).toBeLessThan(50);
  }
  clock.move(60_000);
  await store.attendance.newts(roll);
  expect(seen.writes).toBe(3);
  roll.heard.set("newt700", clock.monotonic());
  await store.attendance.newts(roll);
  expect(seen.writes).toBe(4);
  const again = (await sites()).items;
  expect(again.filter(({ lastSeen }, index) => lastSeen !== items[index]?.lastSeen)).toMatchObject([{ siteId: 700 }]);
  await store.close();
});

test("10 000 are written down for next to nothing", async () => {
  const { store, clock, roll } = crowdedStore(10_000);
  await store.attendance.newts(roll);
  clock.move(60_000);
  for (const id of roll.ids()) roll.heard.set(id, clock.monotonic());
  const before = process.cpuUsage();
  await store.attendance.newts(roll);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000, "milliseconds of CPU, far above what it takes").toBeLessThan(1_000);
  await store.close();
});

test("what could not be written down is written down the next time", async () => {
  const clock = new MovableClock();
  let full = false;
  const { seen, database } = watched();
  const prepare: SqliteDatabase["prepare"] = (sql) => {
    if (full && sql === "commit") throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    return database.prepare(sql);
  };
  const plane = await Plane.start({ prepare, close: () => database.close() }, clock);
  const newt = await plane.newt(await plane.site(await plane.key()));
  await beat(newt);
  full = true;
  clock.move(round);
  await expect.poll(() => seen.writes).toBe(1);
  full = false;
  clock.move(round);
  await expect.poll(() => seen.writes).toBe(2);
});

test("in a virtual world a server that loses its power knows afterwards who was there, the same each time", async () => {
  const life = async () => {
    const virtual = new VirtualWorld({ seed: 11 });
    return virtual.run(async () => {
      const plane = await startVirtualControlPlane(virtual);
      const { operator, client, url } = plane;
      const post = (path: string, body: object): Promise<HttpResponse> => {
        const headers = { "content-type": "application/json" };
        return operator.network.request({
          method: "POST",
          url: url + path,
          headers,
          body: JSON.stringify(body),
          timeoutMs: 5_000,
        });
      };
      const key = await client.createKey(plane.org, { name: "key", maxBatchSize: null });
      const credentials = await post(newtPaths.register, { provisioningKey: key.siteProvisioningKey });
      const { token } = dataOf(await post(newtPaths.getToken, dataOf(credentials, RegisterData)), TokenData);
      const newt = new Talk(
        await operator.network.connect(channelUrl(url, token), { timeoutMs: 5_000 }),
        decodeMessage,
      );
      for (let beats = 0; beats < 20; beats++) {
        newt.say({ type: "newt/ping", data: {} });
        await newt.hear("pong");
        await operator.clock.sleep(15_000);
      }
      const died = operator.clock.now();
      plane.host.losePower();
      await operator.clock.sleep(10_000);
      const [site] = await client.listSites(plane.org);
      plane.close();
      return { lives: plane.lives, lostMs: died - Date.parse(site?.lastSeen ?? ""), online: site?.online };
    });
  };
  const first = await life();
  expect(first).toMatchObject({ lives: 2, online: false });
  expect(first.lostMs).toBeLessThan(660_000);
  expect(await life()).toEqual(first);
});

test("between two rounds of everybody only those are written down who have come since", async () => {
  const { clock, seen, store, roll } = crowdedStore(600);
  await store.attendance.newts(roll);
  expect(seen.writes).toBe(2);
  clock.move(60_000);
  await store.attendance.newts(roll, "newcomers");
  expect(seen.writes).toBe(2);
  roll.heard.set("newt7", clock.monotonic());
  await store.attendance.newts(roll, "newcomers");
  expect(seen.writes).toBe(3);
  await store.close();
});
