import { join } from "node:path";
import { expect, test } from "vitest";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { createStore } from "../../src/control-plane/store/store.js";
import { type AlertFilter, IntegrationClient } from "../../src/protocol/integration/index.js";
import { type LogFields, logTo } from "../../src/world/log.js";
import { realWorld } from "../../src/world/real/index.js";
import { apiKey, MovableClock, org, Plane, temporaryDirectory } from "./plane.js";

/** How often alerts are compared with their conditions. */
const round = 15_000;
const day = 86_400_000;

async function start(path?: string) {
  const clock = new MovableClock();
  return { clock, plane: await Plane.start(path, clock) };
}

/** Moves on, to a round of the housekeeping whose work is then done. */
async function pass(plane: Plane, clock: MovableClock, ms = round): Promise<void> {
  clock.move(ms);
  await plane.integration.createCodes(org, { name: "barrier" });
  await plane.integration.listCodes(org);
}

const alerts = (plane: Plane, filter: AlertFilter = {}) => plane.integration.listAlerts(org, filter);
const kinds = async (plane: Plane) => (await alerts(plane, { open: true })).map(({ kind }) => kind);

function idOf(key: string): string {
  return key.split(".")[0] ?? "";
}

test("a site that waits opens one alert, which tells what helps to decide and ends with the decision", async () => {
  const { plane, clock } = await start();
  const key = await plane.key(null, false);
  for (const name of ["front", "back"]) await plane.site(key, name);
  await pass(plane, clock);
  await expect.poll(() => alerts(plane)).toHaveLength(2);
  const sites = await plane.integration.listSites(org);
  const [front] = sites;
  const [alert] = (await alerts(plane)).filter(({ subject }) => subject === front?.niceId);
  expect(alert).toMatchObject({ kind: "site.pending", count: 1, endedAt: null });
  expect(alert?.message).toBe(`Site "front", which came by key "test" ${idOf(key)} from 127.0.0.1, waits for approval`);
  await pass(plane, clock);
  await pass(plane, clock);
  expect(await alerts(plane), "lasting is not counted").toMatchObject([{ count: 1 }, { count: 1 }]);
  await plane.integration.approveSite(front?.siteId ?? 0);
  await plane.integration.rejectSite(sites[1]?.siteId ?? 0);
  await pass(plane, clock);
  await expect.poll(() => alerts(plane, { open: true })).toEqual([]);
  expect(await alerts(plane, { open: false })).toHaveLength(2);
});

test("an alert that is ended by hand stays ended while its cause lasts, and opens when it comes anew", async () => {
  const { plane, clock } = await start();
  const key = await plane.key(1);
  const update = (maxBatchSize: number) => plane.integration.updateKey(org, idOf(key), { maxBatchSize });
  await plane.site(key);
  await pass(plane, clock);
  await expect.poll(() => kinds(plane)).toEqual(["key.used_up"]);
  const [{ alertId = 0, message } = {}] = await alerts(plane);
  expect(message).toBe(`Key "test" ${idOf(key)} is used up, 1 of 1`);
  const ended = await plane.integration.endAlert(org, alertId);
  expect(ended.endedAt).not.toBeNull();
  expect(await plane.integration.endAlert(org, alertId), "ending twice is ending once").toEqual(ended);
  await pass(plane, clock, 60 * day);
  await pass(plane, clock);
  expect(await alerts(plane), "and is remembered as long").toMatchObject([{ alertId }]);
  await update(2);
  await pass(plane, clock);
  await update(1);
  await pass(plane, clock);
  await expect.poll(() => alerts(plane, { open: true })).toMatchObject([{ kind: "key.used_up", count: 1 }]);
  const decisions = await plane.integration.audit(org, { keyId: idOf(key) });
  expect(decisions.filter(({ action }) => action === "end")).toMatchObject([
    { result: "ended key.used_up", address: "127.0.0.1" },
  ]);
  await expect(plane.integration.endAlert(org, 999)).rejects.toMatchObject({ status: 404 });
});

test("a key that expires is told of a tenth of its life before, a day at most, if it has uses left", async () => {
  const { plane, clock } = await start();
  const now = clock.now();
  const make = async (name: string, life: number, maxBatchSize: number | null = null) => {
    const validUntil = new Date(now + life).toISOString();
    return plane.integration.createKey(org, { name, maxBatchSize, validUntil });
  };
  await make("hour", 3_600_000);
  await make("month", 30 * day);
  await plane.site((await make("spent", 3_600_000, 1)).siteProvisioningKey);
  const revoked = await make("revoked", 3_600_000);
  await plane.integration.revokeKey(org, revoked.siteProvisioningKeyId);
  const told = async () => (await alerts(plane, { open: true, kind: "key.expiring" })).map(({ message }) => message);
  await pass(plane, clock, 53 * 60_000);
  expect(await told()).toEqual([]);
  await pass(plane, clock, 2 * 60_000);
  await expect.poll(told).toEqual([expect.stringMatching(/^Key "hour" spk-\w+ expires at .*Z, used 0 of any number$/)]);
  await pass(plane, clock, 10 * 60_000);
  await expect.poll(told, { message: "it has expired" }).toEqual([]);
  await pass(plane, clock, 28 * day);
  expect(await told()).toEqual([]);
  await pass(plane, clock, day);
  await expect.poll(told).toEqual([expect.stringContaining('"month"')]);
  expect(await kinds(plane), "an expired key is not used up").toEqual(["key.expiring"]);
});

test("room for sites that gets low is told at nine tenths, and until it is below eight", async () => {
  const { plane, clock } = await start();
  await plane.integration.updateOrg(org, { maxSites: 10 });
  const make = (count: number) =>
    Promise.all(Array.from({ length: count }, () => plane.integration.createSite(org, { name: "made" })));
  const remove = async () => {
    const [site] = await plane.integration.listSites(org);
    await plane.integration.deleteSite(site?.siteId ?? 0);
    await pass(plane, clock);
  };
  await make(8);
  await pass(plane, clock);
  expect(await kinds(plane)).toEqual([]);
  await make(1);
  await pass(plane, clock);
  await expect
    .poll(() => alerts(plane))
    .toMatchObject([
      { kind: "capacity.low", subject: "sites", message: expect.stringMatching(/^9 of 10 sites are taken/) },
    ]);
  await remove();
  expect(await kinds(plane)).toEqual(["capacity.low"]);
  await remove();
  await expect.poll(() => kinds(plane)).toEqual([]);
  await make(1);
  await pass(plane, clock);
  expect(await kinds(plane)).toEqual([]);
});

test("a server whose connections get scarce tells its owner's organisation", async () => {
  const world = realWorld({ name: "store" });
  const store = createStore(world, openSqlite(":memory:"), Buffer.alloc(32, 7));
  await store.apiKeys.ensure(org, { id: "first", secret: "secret" });
  await store.orgs.create({ orgId: "other" }, "127.0.0.1");
  const all = { limit: 10, offset: 0 };
  const open = async (connections: number, maxConnections: number | null) => {
    await store.conditions({ org, connections, maxConnections });
    expect((await store.alerts.list("other", {}, all)).total).toBe(0);
    return (await store.alerts.list(org, { open: true }, all)).items.map(({ message }) => message);
  };
  expect(await open(9_000, null)).toEqual([]);
  expect(await open(8_999, 10_000)).toEqual([]);
  expect(await open(9_000, 10_000)).toEqual([expect.stringMatching(/^9000 of the server's 10000 connections/)]);
  expect(await open(8_000, 10_000)).toHaveLength(1);
  expect(await open(7_999, 10_000)).toEqual([]);
  await store.close();
});

test("the right secret of a key from elsewhere, under another name or after its end is told once, and counted", async () => {
  const { plane } = await start();
  const { integration } = plane;
  const foreign = await integration.createKey(org, { name: "foreign", maxBatchSize: 1, sourceCidrs: ["192.0.2.0/24"] });
  const named = await integration.createKey(org, { name: "named", maxBatchSize: 1, namePattern: "edge-*" });
  const revoked = await integration.createKey(org, { name: "revoked", maxBatchSize: 1 });
  await integration.revokeKey(org, revoked.siteProvisioningKeyId);
  for (const key of [foreign, named, revoked]) await plane.register(key.siteProvisioningKey, { name: "box" });
  await plane.register(foreign.siteProvisioningKey);
  const strangers = await alerts(plane, { kind: "key.strangers" });
  expect(strangers.map(({ subject, message, count }) => ({ subject, message, count }))).toEqual([
    {
      subject: revoked.siteProvisioningKeyId,
      message: expect.stringMatching(/was shown with its right secret after it was revoked: 127.0.0.1 as "box"$/),
      count: 1,
    },
    { subject: named.siteProvisioningKeyId, message: expect.stringContaining("under a name that"), count: 1 },
    { subject: foreign.siteProvisioningKeyId, message: expect.stringMatching(/not be used: 127.0.0.1$/), count: 2 },
  ]);
  for (const { siteProvisioningKeyId } of [foreign, named, revoked]) {
    await plane.register(`${siteProvisioningKeyId}.${"a".repeat(40)}`);
  }
  expect(await alerts(plane), "a wrong secret is no news").toEqual(strangers);
});

test("somebody who guesses a key's secret is told of once in a quarter of an hour, however much they guess", async () => {
  const { plane, clock } = await start();
  const key = idOf(await plane.key());
  const guess = async (keyId: string, times: number) => {
    for (let index = 0; index < times; index++) await plane.register(`${keyId}.${"b".repeat(40)}`);
  };
  await guess(`spk-${"z".repeat(15)}`, 100);
  expect(await alerts(plane), "a key that there is not").toEqual([]);
  await Promise.all(Array.from({ length: 100 }, () => guess(key, 2)));
  expect(await alerts(plane)).toMatchObject([
    { kind: "key.strangers", subject: key, count: 1, message: expect.stringMatching(/wrong secrets .*: 127.0.0.1$/) },
  ]);
  clock.move(14 * 60_000);
  await guess(key, 100);
  expect(await alerts(plane)).toMatchObject([{ count: 1 }]);
  clock.move(60_000);
  await guess(key, 10);
  expect(await alerts(plane)).toMatchObject([{ count: 2 }]);
});

test("what happened is told again after somebody has ended it", async () => {
  const { plane } = await start();
  const key = await plane.key();
  await plane.integration.revokeKey(org, idOf(key));
  await plane.register(key);
  const [{ alertId = 0 } = {}] = await alerts(plane);
  await plane.integration.endAlert(org, alertId);
  await plane.register(key);
  expect(await alerts(plane)).toMatchObject([{ endedAt: null, count: 1 }, { alertId }]);
});

test("alerts outlive the server, and none opens again with its start", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const before = await start(path);
  const key = await before.plane.key(null, false);
  await before.plane.site(key);
  await pass(before.plane, before.clock);
  await expect.poll(() => alerts(before.plane)).toHaveLength(1);
  const told = await alerts(before.plane);
  await before.plane.close();
  const after = await start(path);
  await pass(after.plane, after.clock);
  expect(await alerts(after.plane)).toEqual(told);
});

test("many that begin to wait at once are all told of in one round", async () => {
  const { plane, clock } = await start();
  const key = await plane.key(null, false);
  await Promise.all(Array.from({ length: 600 }, () => plane.register(key)));
  clock.move(round);
  await expect.poll(() => alerts(plane)).toHaveLength(600);
  expect(new Set((await alerts(plane)).map(({ subject }) => subject)).size).toBe(600);
});

test("a round in which nothing has changed is one statement that reads, however much waits", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const asked: string[] = [];
  const prepare = (sql: string) => {
    asked.push(sql);
    return database.prepare(sql);
  };
  const plane = await Plane.start({ prepare, close: () => database.close() }, clock);
  const key = await plane.key(1, false);
  await plane.site(key);
  await pass(plane, clock);
  await expect.poll(() => alerts(plane)).toHaveLength(2);
  asked.length = 0;
  await pass(plane, clock);
  const ofAlerts = asked.filter((sql) => sql.includes('"alert"'));
  expect(ofAlerts).toHaveLength(1);
  const [sql = ""] = ofAlerts;
  const plan = JSON.stringify(
    database.prepare(`explain query plan ${sql}`).all(Array(sql.split("?").length - 1).fill(1)),
  );
  expect(plan).toContain("SCAN site USING COVERING INDEX");
  expect(plan).toMatch(/SEARCH alert USING COVERING INDEX alert_held/);
  expect(plan, "no table is read from end to end").not.toMatch(/SCAN (site|alert|provisioning_key)"/);
});

test("ended alerts are forgotten after thirty days, open ones never", async () => {
  const { plane, clock } = await start();
  const [kept, ended] = [await plane.key(), await plane.key()];
  for (const key of [kept, ended]) {
    await plane.integration.revokeKey(org, idOf(key));
    await plane.register(key);
  }
  const [{ alertId = 0 } = {}] = await alerts(plane);
  await plane.integration.endAlert(org, alertId);
  await pass(plane, clock, 29 * day);
  expect(await alerts(plane)).toHaveLength(2);
  await pass(plane, clock, 2 * day);
  await expect.poll(() => alerts(plane)).toMatchObject([{ subject: idOf(kept), endedAt: null }]);
});

test("lists are filtered by kind and by what is open; values that are none fall back, unknown names do not", async () => {
  const { plane, clock } = await start();
  const [spent, revoked] = [await plane.key(1), await plane.key()];
  await plane.site(spent);
  await plane.integration.revokeKey(org, idOf(revoked));
  await plane.register(revoked);
  await pass(plane, clock);
  await expect.poll(() => kinds(plane)).toEqual(["key.used_up", "key.strangers"]);
  expect(await alerts(plane, { kind: "key.used_up" })).toMatchObject([{ subject: idOf(spent) }]);
  expect(await alerts(plane, { open: false })).toEqual([]);
  const list = (query: string) => plane.api("GET", `/v1/org/${org}/alerts?${query}`);
  expect(JSON.parse((await list("open=maybe&kind=none&limit=1&offset=1")).body).data).toMatchObject({
    alerts: [{ kind: "key.strangers" }],
    pagination: { total: 2 },
  });
  expect((await list("state=open")).status).toBe(400);
});

test("an opened alert is in the log without a secret, and counted", async () => {
  const logged: { message: string; fields: LogFields }[] = [];
  const log = logTo((_level, message, fields) => logged.push({ message, fields }));
  const world = { ...realWorld({ name: "control-plane" }), log };
  const database = openSqlite(":memory:");
  const controlPlane = await createControlPlane({ world, database, pepper: Buffer.alloc(32, 7), apiKey });
  const server = await world.network.listen({ host: "127.0.0.1", port: 0 }, controlPlane);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new IntegrationClient({ network: world.network, endpoint, apiKey });
  const { siteProvisioningKey: key, siteProvisioningKeyId: id } = await client.createKey(org, {
    name: "x",
    maxBatchSize: null,
  });
  await client.revokeKey(org, id);
  const body = JSON.stringify({ provisioningKey: key });
  const url = `${endpoint}/api/v1/auth/newt/register`;
  const headers = { "content-type": "application/json" };
  for (let index = 0; index < 2; index++) {
    await world.network.request({ method: "POST", url, headers, body, timeoutMs: 5_000 });
  }
  expect(logged.filter(({ message }) => message === "alert opened")).toEqual([
    { message: "alert opened", fields: { kind: "key.strangers", org, subject: id } },
  ]);
  expect(JSON.stringify(logged)).not.toContain(key.split(".")[1]);
  const metrics = await world.network.request({ method: "GET", url: `${endpoint}/metrics`, timeoutMs: 5_000 });
  expect(metrics.body).toContain('firstboot_alerts_total{kind="key.strangers"} 1\n');
  await controlPlane.close();
  await server.close();
  world.process.kill();
});

test("what a command told is told after the commit, and never if it was undone", async () => {
  const world = realWorld({ name: "store" });
  const database = openSqlite(":memory:");
  let full = false;
  const prepare = (sql: string) => {
    if (full && sql === "commit") throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    return database.prepare(sql);
  };
  const store = createStore(world, { prepare, close: () => database.close() }, Buffer.alloc(32, 7));
  await store.apiKeys.ensure(org, { id: "first", secret: "secret" });
  const told: string[] = [];
  store.news.listen(({ alert }) => told.push(alert?.subject ?? ""));
  const raise = (orgId: string, subject: string) =>
    store.alerts.raise({ orgId, kind: "identity.cloned", subject, message: "two of it" });
  const outcomes = await Promise.allSettled([raise(org, "one"), raise("nobody", "two"), raise(org, "three")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(told).toEqual(["one", "three"]);
  full = true;
  await expect(raise(org, "four")).rejects.toThrow(/cannot commit/);
  full = false;
  await raise(org, "five");
  expect(told).toEqual(["one", "three", "five"]);
  await store.close();
});

test("who ended an alert is found in the audit by what it was about, a key by its id", async () => {
  const store = createStore(realWorld({ name: "store" }), openSqlite(":memory:"), Buffer.alloc(32));
  const by = { orgId: "acme", address: "192.0.2.1" };
  await store.orgs.create({ orgId: by.orgId }, by.address);
  const about = [
    { kind: "key.strangers", subject: "spk-abcdefghij12345" },
    { kind: "identity.cloned", subject: "brave-otter" },
  ] as const;
  for (const { kind, subject } of about) {
    await store.alerts.raise({ orgId: by.orgId, kind, subject, message: "" });
    const [alert] = (await store.alerts.list(by.orgId, { kind }, { limit: 1, offset: 0 })).items;
    await store.alerts.end(alert?.alertId ?? 0, by);
  }
  const { items } = await store.audit.list(by.orgId, {}, { limit: 2, offset: 0 });
  expect(items).toMatchObject([
    { action: "end", target: "brave-otter", keyId: null },
    { action: "end", target: null, keyId: "spk-abcdefghij12345" },
  ]);
  await store.close();
});
