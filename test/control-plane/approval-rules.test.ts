import type { SqliteDatabase } from "kysely";
import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { IntegrationRefusal } from "../../src/protocol/integration/index.js";
import type { ApprovalRuleCreate, KeyCreate, SiteItem } from "../../src/protocol/integration/schema.js";
import { type Log, logTo } from "../../src/world/log.js";
import { MovableClock, org } from "./plane.js";
import { type Applicant, unplugged } from "./unplugged.js";

/** Longer than it takes until those who wait are looked at again. */
const round = 61_000;

/** A wall clock that the test alone moves. */
class StillClock extends MovableClock {
  at = Date.parse("2030-01-01T12:00:00Z");

  override now(): number {
    return this.at;
  }
}

async function stage(clock?: MovableClock, database: SqliteDatabase = openSqlite(":memory:"), log?: Log) {
  const { integration, register } = await unplugged(database, clock, log);
  return {
    database,
    integration,
    /** A key whose sites wait. */
    key: async (wish: Partial<KeyCreate> = {}) => {
      const body = { name: "field", maxBatchSize: null, approveNewSites: false, ...wish };
      const { siteProvisioningKey: text, siteProvisioningKeyId: id } = await integration.createKey(org, body);
      return { text, id };
    },
    rule: (wish: Partial<ApprovalRuleCreate>) => integration.createApprovalRule(org, { name: "week 47", ...wish }),
    rules: () => integration.listApprovalRules(org),
    exchange: async (key: { readonly text: string }, applicant: Applicant = {}) => {
      const answer = await register(key.text, applicant);
      expect(answer.status, answer.body).toBe(201);
      return answer;
    },
    sites: () => integration.listSites(org),
  };
}

function statuses(sites: readonly SiteItem[]): Record<string, string> {
  return Object.fromEntries(sites.map(({ name, status }) => [name, status]));
}

test("a rule lets in whom all of it fits, and nobody for whom a part of it does not", async () => {
  const { key, rule, exchange, sites } = await stage();
  const [named, other] = [await key({ labels: ["rack-4", "north"] }), await key({ labels: ["rack-4"] })];
  const plain = await key();
  const made = await rule({
    siteProvisioningKeyId: named.id,
    namePattern: "SN*-edge",
    label: "rack-4",
    sourceCidrs: ["10.0.0.0/8", "2001:db8::/32"],
  });
  expect(made).toMatchObject({ approved: 0, sites: 0, state: "active", maxSites: null, expiresAt: null });
  await exchange(named, { name: "SN1-edge", address: "10.1.2.3" });
  await exchange(named, { name: "sn2-EDGE", address: "2001:db8::1" });
  await exchange(named, { name: "SN3-core", address: "10.1.2.3" });
  await exchange(named, { name: "SN4-edge", address: "192.0.2.1" });
  await exchange(other, { name: "SN5-edge", address: "10.1.2.3" });
  await exchange(plain, { name: "SN6-edge", address: "10.1.2.3" });
  expect(statuses(await sites())).toEqual({
    "SN1-edge": "approved",
    "sn2-EDGE": "approved",
    "SN3-core": "pending",
    "SN4-edge": "pending",
    "SN5-edge": "pending",
    "SN6-edge": "pending",
  });
  const [first] = await sites();
  expect(first).toMatchObject({ approvalRuleId: made.approvalRuleId, sourceAddress: "10.1.2.3" });
});

test.each<[string, Partial<ApprovalRuleCreate>]>([
  ["a label", { label: "rack-4" }],
  ["a network", { sourceCidrs: ["10.0.0.0/8"] }],
  ["a name", { namePattern: "*4" }],
])("a rule of %s alone is enough, for those to come and those who wait", async (_, wish) => {
  const { key, rule, exchange, sites } = await stage();
  const [fit, unfit] = [await key({ labels: ["rack-4"] }), await key()];
  await exchange(fit, { name: "waits 4", address: "10.0.0.1" });
  await exchange(unfit, { name: "waits 5", address: "11.0.0.1" });
  expect((await rule(wish)).approved).toBe(1);
  await exchange(fit, { name: "comes 4", address: "10.0.0.1" });
  await exchange(unfit, { name: "comes 5", address: "11.0.0.1" });
  expect(statuses(await sites())).toEqual({
    "waits 4": "approved",
    "waits 5": "pending",
    "comes 4": "approved",
    "comes 5": "pending",
  });
});

test("a name that nobody gave fits no pattern, and one that was given since does", async () => {
  const { key, rule, exchange, sites, integration } = await stage();
  const field = await key();
  await exchange(field);
  expect(await rule({ namePattern: "*" })).toMatchObject({ approved: 0 });
  await exchange(field);
  const [first, second] = await sites();
  expect([first?.status, second?.status]).toEqual(["pending", "pending"]);
  await integration.renameSite(first?.siteId ?? 0, { name: "gate-1" });
  expect(await rule({ namePattern: "gate-?" })).toMatchObject({ approved: 1 });
});

test("those who wait are let in at once, oldest first, as many as there is room for", async () => {
  const { key, rule, rules, exchange, sites, integration } = await stage();
  const field = await key();
  for (const name of ["a", "b", "c", "d"]) await exchange(field, { name });
  const made = await rule({ siteProvisioningKeyId: field.id, maxSites: 3 });
  expect(made).toMatchObject({ approved: 3, sites: 3, state: "full" });
  expect(await rules()).toMatchObject([{ sites: 3, state: "full" }]);
  expect(statuses(await sites())).toEqual({ a: "approved", b: "approved", c: "approved", d: "pending" });
  const decisions = (await integration.audit(org)).slice(0, 4).reverse();
  const [a, b, c] = await sites();
  const approval = { action: "approve", keyId: field.id, address: "127.0.0.1", result: "approved by rule week 47" };
  expect(decisions).toMatchObject([
    { action: "create", target: `rule ${made.approvalRuleId}`, keyId: field.id, result: "created rule week 47" },
    ...[a, b, c].map((site) => ({ ...approval, target: site?.niceId })),
  ]);
});

test("a site that a rule lets in has its exchange and its approval on record", async () => {
  const { key, rule, exchange, sites, integration } = await stage();
  const field = await key();
  await rule({ siteProvisioningKeyId: field.id });
  await exchange(field, { address: "10.9.8.7" });
  const [site] = await sites();
  const about = { keyId: field.id, address: "10.9.8.7", target: site?.niceId };
  expect(await integration.audit(org, { target: site?.niceId ?? "" })).toMatchObject([
    { ...about, action: "approve", result: "approved by rule week 47" },
    { ...about, action: "exchange", result: "created" },
  ]);
});

test("200 racing exchanges against a rule of 25 give exactly 25 approved sites", async () => {
  const { key, rule, rules, exchange, sites } = await stage();
  const field = await key();
  await rule({ siteProvisioningKeyId: field.id, maxSites: 25 });
  await Promise.all(Array.from({ length: 200 }, () => exchange(field)));
  const approved = (await sites()).filter(({ status }) => status === "approved");
  expect(approved).toHaveLength(25);
  expect(await sites()).toHaveLength(200);
  expect(await rules()).toMatchObject([{ sites: 25, state: "full" }]);
});

test("a rule of 25 that is made amid 200 exchanges lets in exactly 25, those who waited among them", async () => {
  const { key, rule, rules, exchange, sites } = await stage();
  const field = await key();
  const exchanges = () => Array.from({ length: 100 }, () => exchange(field));
  const before = exchanges();
  await before[30];
  const [made] = await Promise.all([
    rule({ siteProvisioningKeyId: field.id, maxSites: 25 }),
    ...exchanges(),
    ...before,
  ]);
  expect(made.approved).toBe(25);
  expect((await sites()).filter(({ status }) => status === "approved")).toHaveLength(25);
  expect(await rules()).toMatchObject([{ sites: 25, state: "full" }]);
});

test("a rule lets in until its time and not at it", async () => {
  const clock = new StillClock();
  const { key, rule, rules, exchange, sites } = await stage(clock);
  const field = await key();
  const end = clock.at + 1_000;
  await rule({ siteProvisioningKeyId: field.id, expiresAt: new Date(end).toISOString() });
  clock.at = end - 1;
  await exchange(field, { name: "just in time" });
  clock.at = end;
  await exchange(field, { name: "late" });
  expect(statuses(await sites())).toEqual({ "just in time": "approved", late: "pending" });
  expect(await rules()).toMatchObject([{ sites: 1, state: "expired" }]);
});

test("a rule whose time is over is refused", async () => {
  const clock = new StillClock();
  const { rule, rules } = await stage(clock);
  for (const at of [clock.at, clock.at - 1]) {
    const expiresAt = new Date(at).toISOString();
    await expect(rule({ label: "x", expiresAt })).rejects.toMatchObject({ status: 400, reason: /in the past/ });
  }
  expect(await rules()).toEqual([]);
});

test("a rule that is open again since the wall clock was set back lets in those who wait", async () => {
  const clock = new MovableClock();
  const seen = { rounds: 0 };
  const database = openSqlite(":memory:");
  const prepare = (sql: string) => {
    if (sql.includes(`from "audit" where "id" > ? and "action" not in`)) seen.rounds++;
    return database.prepare(sql);
  };
  const { key, rule, exchange, sites } = await stage(clock, { prepare, close: () => database.close() });
  const field = await key();
  const end = clock.now() + 600_000;
  await rule({ siteProvisioningKeyId: field.id, expiresAt: new Date(end).toISOString() });
  clock.move(601_000);
  await exchange(field, { name: "late" });
  const nextRound = () => {
    clock.move(round);
    return seen.rounds;
  };
  await expect.poll(nextRound).toBeGreaterThan(2);
  expect(statuses(await sites())).toEqual({ late: "pending" });
  clock.setWrong(end - 599_000 - clock.now());
  await expect.poll(async () => nextRound() && statuses(await sites())).toEqual({ late: "approved" });
});

test("a rule whose row is damaged lets nobody in and keeps nobody out, and the log says so once", async () => {
  const clock = new MovableClock();
  const lines: string[] = [];
  const database = openSqlite(":memory:");
  const log = logTo((_level, message) => lines.push(message));
  const { key, rule, rules, exchange, sites } = await stage(clock, database, log);
  const field = await key();
  const { approvalRuleId } = await rule({ sourceCidrs: ["0.0.0.0/0"] });
  database.prepare("update approval_rule set source_cidrs = '['").run([]);
  await exchange(field, { name: "a" });
  expect(statuses(await sites())).toEqual({ a: "pending" });
  await rule({ namePattern: "b" });
  await exchange(field, { name: "b" });
  expect(statuses(await sites())).toEqual({ a: "pending", b: "approved" });
  database.prepare("update approval_rule set name_pattern = 'a' where name_pattern = 'b'").run([]);
  clock.move(round);
  await expect.poll(async () => statuses(await sites())).toEqual({ a: "approved", b: "approved" });
  expect(await rules()).toMatchObject([{ approvalRuleId, state: "damaged", sourceCidrs: [] }, { state: "active" }]);
  expect(lines.filter((line) => line.includes("approval rule damaged"))).toHaveLength(1);
});

test("a site whose labels are damaged fits no rule of a label, and others do", async () => {
  const { database, key, rule, exchange } = await stage();
  const field = await key({ labels: ["rack-4"] });
  for (const name of ["a", "b"]) await exchange(field, { name });
  database.prepare("update site set labels = '[' where name = 'a'").run([]);
  expect(await rule({ label: "rack-4" })).toMatchObject({ approved: 1 });
});

test("an exchange that is asked for again takes no second place", async () => {
  const { key, rule, rules, exchange, sites } = await stage();
  const field = await key();
  await rule({ siteProvisioningKeyId: field.id, maxSites: 2 });
  const nonce = "ab".repeat(32);
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(field, { nonce })));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await sites()).toHaveLength(1);
  expect(await rules()).toMatchObject([{ sites: 1, state: "active" }]);
});

test("the first rule that fits and has room lets in", async () => {
  const { key, rule, rules, exchange, sites } = await stage();
  const field = await key();
  const unfit = await rule({ namePattern: "nobody" });
  const full = await rule({ siteProvisioningKeyId: field.id, maxSites: 1 });
  const open = await rule({ siteProvisioningKeyId: field.id });
  for (const name of ["a", "b", "c"]) await exchange(field, { name });
  const { approvalRuleId: last } = open;
  expect((await sites()).map(({ approvalRuleId }) => approvalRuleId)).toEqual([full.approvalRuleId, last, last]);
  expect((await rules()).map(({ approvalRuleId, sites: count }) => [approvalRuleId, count])).toEqual([
    [unfit.approvalRuleId, 0],
    [full.approvalRuleId, 1],
    [last, 2],
  ]);
});

test("a place that a deleted site gives back is had by one who waits, within a minute", async () => {
  const clock = new MovableClock();
  const { key, rule, rules, exchange, sites, integration } = await stage(clock);
  const field = await key();
  await rule({ siteProvisioningKeyId: field.id, maxSites: 2 });
  for (const name of ["a", "b", "c", "d"]) await exchange(field, { name });
  const [a] = await sites();
  await integration.deleteSite(a?.siteId ?? 0);
  expect(await rules()).toMatchObject([{ sites: 1, state: "active" }]);
  clock.move(round);
  await expect.poll(async () => statuses(await sites())).toEqual({ b: "approved", c: "approved", d: "pending" });
  expect(await rules()).toMatchObject([{ sites: 2, state: "full" }]);
  expect((await integration.audit(org, { target: (await sites())[1]?.niceId ?? "" }))[0]).toMatchObject({
    action: "approve",
    address: null,
    result: "approved by rule week 47",
  });
});

test("sites that are reclaimed, and those that go with their key, give their places back", async () => {
  const clock = new MovableClock();
  const { key, rule, rules, exchange, integration } = await stage(clock);
  const [leased, kept] = [await key({ reclaimAfter: 60 }), await key()];
  await rule({ sourceCidrs: ["0.0.0.0/0"], maxSites: 5 });
  for (const one of [leased, leased, kept, kept, kept]) await exchange(one);
  expect(await rules()).toMatchObject([{ sites: 5, state: "full" }]);
  clock.move(round);
  await expect.poll(async () => (await rules())[0]?.sites).toBe(3);
  await integration.deleteKey(org, kept.id, { sites: "delete" });
  expect(await rules()).toMatchObject([{ sites: 0, state: "active" }]);
});

test("a rule that is deleted lets in nobody more, and those whom it let in stay", async () => {
  const { key, rule, rules, exchange, sites, integration } = await stage();
  const field = await key();
  const { approvalRuleId } = await rule({ siteProvisioningKeyId: field.id });
  await exchange(field, { name: "before" });
  await integration.deleteApprovalRule(org, approvalRuleId);
  await exchange(field, { name: "after" });
  expect(statuses(await sites())).toEqual({ before: "approved", after: "pending" });
  expect(await rules()).toEqual([]);
  expect((await integration.audit(org))[1]).toMatchObject({ action: "delete", target: `rule ${approvalRuleId}` });
  await expect(integration.deleteApprovalRule(org, approvalRuleId)).rejects.toMatchObject({ status: 404 });
  const { approvalRuleId: next } = await rule({ siteProvisioningKeyId: field.id });
  expect(next, "an id is never that of an older rule").toBeGreaterThan(approvalRuleId);
});

test("a rule names a key of its own organisation, and something at all", async () => {
  const { rule, rules, integration, exchange, key, sites } = await stage();
  await integration.createOrg({ orgId: "acme" });
  const foreign = await integration.createKey("acme", { name: "theirs", maxBatchSize: null });
  const refusal = await rule({ siteProvisioningKeyId: foreign.siteProvisioningKeyId }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(IntegrationRefusal);
  expect(refusal).toMatchObject({ status: 404, reason: expect.stringContaining(foreign.siteProvisioningKeyId) });
  await expect(rule({})).rejects.toMatchObject({ status: 400 });
  await expect(rule({ sourceCidrs: [] })).rejects.toMatchObject({ status: 400 });
  expect(await rules()).toEqual([]);
  await integration.createApprovalRule("acme", { name: "theirs", sourceCidrs: ["0.0.0.0/0"] });
  await exchange(await key());
  expect(await sites(), "their rules are theirs").toMatchObject([{ status: "pending" }]);
});

test("an organisation has up to 100 rules", async () => {
  const { rule, rules, integration } = await stage();
  const made = await Promise.all(Array.from({ length: 100 }, () => rule({ label: "x" })));
  await expect(rule({ label: "x" })).rejects.toMatchObject({ status: 409 });
  await integration.deleteApprovalRule(org, made[7]?.approvalRuleId ?? 0);
  await rule({ label: "x" });
  expect(await rules()).toHaveLength(100);
});

test("a site whose address nobody can read comes from no network", async () => {
  const { key, rule, exchange, sites } = await stage();
  const field = await key();
  await exchange(field, { address: "not an address" });
  expect(await rule({ sourceCidrs: ["0.0.0.0/0", "::/0"] })).toMatchObject({ approved: 0 });
  expect(await sites()).toMatchObject([{ status: "pending", sourceAddress: "not an address" }]);
});

test("keys that approve by themselves ask nothing of rules", async () => {
  const database = openSqlite(":memory:");
  const asked: string[] = [];
  const watched = {
    close: () => database.close(),
    prepare: (sql: string) => {
      if (sql.includes("approval_rule")) asked.push(sql);
      return database.prepare(sql);
    },
  };
  const { integration, register } = await unplugged(watched);
  const create = (approveNewSites: boolean) =>
    integration.createKey(org, { name: "key", maxBatchSize: null, approveNewSites });
  await register((await create(true)).siteProvisioningKey);
  expect(asked).toEqual([]);
  await register((await create(false)).siteProvisioningKey);
  expect(asked).toHaveLength(1);
});

test("that others come is no reason to look again at all who wait", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const seen = { rounds: 0, looks: 0 };
  const watched = {
    close: () => database.close(),
    prepare: (sql: string) => {
      if (sql.includes(`from "audit" where "id" > ? and "action" not in`)) seen.rounds++;
      if (sql.includes(`"site"."source_address" as "address"`) && sql.includes("limit")) seen.looks++;
      return database.prepare(sql);
    },
  };
  const { integration, register } = await unplugged(watched, clock);
  const wish = { name: "key", maxBatchSize: null, approveNewSites: false };
  const { siteProvisioningKey } = await integration.createKey(org, wish);
  await integration.createApprovalRule(org, { name: "rule", namePattern: "other" });
  await register(siteProvisioningKey, { name: "a" });
  const [site] = await integration.listSites(org);
  const { looks: before } = seen;
  clock.move(round);
  await expect.poll(() => seen.looks, { message: "the first round of a server" }).toBe(before + 1);
  const { looks } = seen;
  await register(siteProvisioningKey, { name: "b" });
  const nextRound = () => {
    clock.move(round);
    return seen.rounds;
  };
  await expect.poll(nextRound).toBeGreaterThan(1);
  expect(seen.looks).toBe(looks);
  await integration.renameSite(site?.siteId ?? 0, { name: "other" });
  await expect.poll(nextRound).toBeGreaterThan(3);
  expect(seen.looks).toBe(looks + 1);
  expect(await integration.listSites(org, { status: "pending" })).toMatchObject([{ name: "b" }]);
});

/** Puts so many waiting sites into a database. */
function fill(database: SqliteDatabase, count: number): void {
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into site (org_id, nice_id, name, status, created_at, source_address, labels)
       select '${org}', 'site-' || i, 'SN' || i || '-edge', 'pending', i, '10.0.' || (i / 250) || '.' || (i % 250), '["rack-4"]'
       from n`,
    )
    .run([]);
  database.prepare("insert into newt select 'newt' || id, id, '' from site").run([]);
}

test("while a new rule lets in many who wait, others are served, and its room is exact", async () => {
  const { database, key, rule, rules, exchange, sites } = await stage();
  const field = await key();
  fill(database, 2_000);
  const order: string[] = [];
  const making = rule({ sourceCidrs: ["0.0.0.0/0"], maxSites: 1_500 }).finally(() => order.push("rule"));
  await Promise.all(Array.from({ length: 50 }, () => exchange(field).finally(() => order.push("exchange"))));
  const made = await making;
  expect(order[0]).toBe("exchange");
  expect(made).toMatchObject({ sites: 1_500, state: "full" });
  expect(await rules()).toMatchObject([{ sites: 1_500 }]);
  const approved = (await sites()).filter(({ approvalRuleId }) => approvalRuleId === made.approvalRuleId);
  expect(approved).toHaveLength(1_500);
  expect(approved.filter(({ name }) => name.startsWith("SN"))).toHaveLength(made.approved);
});

test("a rule that could not let in all who wait is there, and lets in the others within a minute", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  let left = Number.POSITIVE_INFINITY;
  const prepare = (sql: string) => {
    if (sql === "commit" && left-- <= 0) throw Object.assign(new Error("disk is full"), { code: "SQLITE_FULL" });
    return database.prepare(sql);
  };
  const { rule, rules } = await stage(clock, { prepare, close: () => database.close() });
  fill(database, 700);
  left = 1;
  expect(await rule({ sourceCidrs: ["0.0.0.0/0"] })).toMatchObject({ approved: 256, sites: 256 });
  left = Number.POSITIVE_INFINITY;
  clock.move(round);
  await expect.poll(rules).toMatchObject([{ sites: 700 }]);
});

test("10 000 who wait are let in together, in time that nobody notices", async () => {
  const { database, integration, rule, rules } = await stage();
  const count = 10_000;
  fill(database, count);
  const started = performance.now();
  const made = await rule({ namePattern: "SN*-edge", label: "rack-4", sourceCidrs: ["10.0.0.0/8"] });
  const ms = performance.now() - started;
  expect(made).toMatchObject({ approved: count, sites: count });
  expect(await rules()).toMatchObject([{ sites: count }]);
  expect(await integration.listSites(org, { status: "pending" })).toEqual([]);
  expect(ms, "far above what it takes").toBeLessThan(3_000);
});
