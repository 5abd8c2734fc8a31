import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { SqliteDatabase } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { DeliveryItem, type WebhookCreated } from "../../src/protocol/integration/schema.js";
import { realWorld } from "../../src/world/real/index.js";
import { dataOf, MovableClock, org, Plane, temporaryDirectory, verdict } from "./plane.js";
import { Receiver } from "./receiver.js";

const round = 15_000;
const day = 86_400_000;

async function start(path?: string) {
  const clock = new MovableClock();
  return { clock, plane: await Plane.start(path, clock) };
}

/** A receiver that outlives planes, by a clock. */
async function receiverAt(clock: MovableClock): Promise<Receiver> {
  const world = realWorld({ name: "receiver" });
  onTestFinished(() => world.process.kill());
  return Receiver.start({ ...world, clock });
}

const hook = (plane: Plane, { url }: Receiver) => plane.integration.createWebhook(org, { url });
const deliveries = (plane: Plane, { webhookId }: WebhookCreated) => plane.integration.listDeliveries(org, webhookId);

/** Opens an alert. */
async function alarm(plane: Plane): Promise<string> {
  const key = await plane.key();
  const [id = ""] = key.split(".");
  await plane.integration.revokeKey(org, id);
  await plane.register(key);
  return id;
}

test("an alert is told when it opens and when it ends, each once, signed", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  const subject = await alarm(plane);
  await expect.poll(() => receiver.received.length).toBe(1);
  const [alert] = await plane.integration.listAlerts(org);
  await plane.integration.endAlert(org, alert?.alertId ?? 0);
  await expect
    .poll(async () => (await deliveries(plane, webhook)).map(({ state }) => state))
    .toEqual(["delivered", "delivered"]);
  const [opened, ended, ...more] = receiver.events(webhook.secret);
  expect(opened).toEqual({ type: "alert.opened", timestamp: alert?.firstAt, data: alert });
  expect(ended).toMatchObject({ type: "alert.ended", data: { subject, endedAt: expect.any(String) } });
  expect([more, receiver.received.length]).toEqual([[], 2]);
  expect(receiver.received[0]).toMatchObject({
    path: "/hook",
    headers: { "content-type": "application/json", "user-agent": expect.stringMatching(/^firstboot\//) },
  });
  const other = await plane.integration.createWebhook(org, { url: receiver.url });
  expect(receiver.events(other.secret), "another secret opens nothing").toEqual([]);
  expect(await deliveries(plane, webhook)).toMatchObject([
    { alertId: alert?.alertId, attempts: 1, outcome: "204", nextAt: null },
    { alertId: alert?.alertId },
  ]);
});

test("a condition is told when it begins and when it is over", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  await plane.site(await plane.key(null, false), "front");
  clock.move(round);
  await expect.poll(() => receiver.events(webhook.secret)).toMatchObject([{ type: "alert.opened" }]);
  const [site] = await plane.integration.listSites(org);
  await plane.integration.approveSite(site?.siteId ?? 0);
  clock.move(round);
  await expect
    .poll(() => receiver.events(webhook.secret))
    .toMatchObject([
      { data: { kind: "site.pending", subject: site?.niceId } },
      { type: "alert.ended", data: { endedAt: expect.any(String) } },
    ]);
});

test("a webhook hears of the kinds that it is for, and its test says nothing of alerts", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const kinds = ["site.pending", "capacity.low", "site.pending"] as const;
  const webhook = await plane.integration.createWebhook(org, { url: receiver.url, kinds: [...kinds] });
  expect(webhook.kinds).toEqual(["site.pending", "capacity.low"]);
  await alarm(plane);
  const queued = await plane.integration.testWebhook(org, webhook.webhookId);
  expect(queued).toMatchObject({ state: "waiting", attempts: 0, alertId: null, outcome: null });
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.state).toBe("delivered");
  expect(receiver.events(webhook.secret)).toEqual([{ type: "webhook.test", timestamp: queued.createdAt, data: null }]);
  expect(receiver.received[0]?.headers["webhook-id"]).toBe(queued.deliveryId);
});

test("what is not taken is sent again, the same message with a new signature, until it is", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  const answers = [{ status: 500 }, { status: 302, headers: { location: "/elsewhere" } }, { status: 200 }];
  receiver.answer = () => answers.shift() ?? { status: 500 };
  await alarm(plane);
  const attempts = async () => (await deliveries(plane, webhook))[0]?.attempts;
  await expect.poll(attempts).toBe(1);
  expect(await deliveries(plane, webhook)).toMatchObject([{ state: "waiting", outcome: "500" }]);
  clock.move(2_000);
  await plane.integration.listWebhooks(org);
  expect(receiver.received).toHaveLength(1);
  clock.move(5_000);
  await expect.poll(attempts).toBe(2);
  clock.move(36_000);
  await expect
    .poll(async () => (await deliveries(plane, webhook))[0])
    .toMatchObject({
      state: "delivered",
      attempts: 3,
      outcome: "200",
      nextAt: null,
    });
  const { received } = receiver;
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(received.map(({ headers }) => headers["webhook-signature"])).size).toBe(3);
  expect(
    received.map(({ path }) => path),
    "no redirect is followed",
  ).toEqual(["/hook", "/hook", "/hook"]);
  expect(receiver.events(webhook.secret)).toHaveLength(1);
});

test("a wall clock that was years ahead and is set right puts nothing off", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 503 });
  clock.setWrong(3_650 * day);
  await alarm(plane);
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.attempts).toBe(1);
  clock.setWrong(0);
  receiver.answer = () => ({ status: 200 });
  const later = async () => {
    clock.move(61_000);
    return (await deliveries(plane, webhook))[0]?.state;
  };
  await expect.poll(later).toBe("delivered");
  expect(receiver.received).toHaveLength(2);
});

test("what was put off by a wrong wall clock is not put off further by what waits for another reason", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 503 });
  clock.setWrong(3_650 * day);
  await alarm(plane);
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.attempts).toBe(1);
  let refuse = () => {};
  receiver.answer = () =>
    new Promise((resolve) => {
      refuse = () => resolve({ status: 503 });
    });
  await plane.integration.testWebhook(org, webhook.webhookId);
  await expect.poll(() => receiver.received.length).toBe(2);
  clock.setWrong(0);
  receiver.answer = () => ({ status: 503 });
  refuse();
  const attempts = async () => (await deliveries(plane, webhook)).map((each) => each.attempts).sort();
  await expect.poll(attempts).toEqual([1, 2]);
});

test.each([
  ["secret", "sealed_secret = 'x'"],
  ["URL", "url = 'x'"],
])("a webhook whose %s is damaged is told nothing, and others are", async (_what, damage) => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database, clock);
  const receiver = await receiverAt(clock);
  const [broken, whole] = [await hook(plane, receiver), await hook(plane, receiver)];
  database.prepare(`update webhook set ${damage} where id = ?`).run([broken.webhookId]);
  await alarm(plane);
  await expect.poll(() => receiver.events(whole.secret)).toHaveLength(1);
  await expect
    .poll(() => deliveries(plane, broken))
    .toMatchObject([{ state: "waiting", attempts: 1, outcome: "damaged" }]);
  expect(receiver.received).toHaveLength(1);
});

test("a webhook whose kinds are damaged is told of all, and keeps nothing from being told or shown", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  const receiver = await receiverAt(new MovableClock());
  const webhook = await plane.integration.createWebhook(org, { url: receiver.url, kinds: ["site.pending"] });
  database.prepare("update webhook set kinds = '[' where id = ?").run([webhook.webhookId]);
  await alarm(plane);
  await expect.poll(() => receiver.events(webhook.secret)).toMatchObject([{ data: { kind: "key.strangers" } }]);
  expect(await plane.integration.listWebhooks(org)).toMatchObject([{ webhookId: webhook.webhookId, kinds: [] }]);
});

test("a receiver that is gone is told nothing more of what waits", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 503 });
  for (let index = 0; index < 3; index++) await alarm(plane);
  await expect.poll(() => receiver.received.length).toBe(3);
  receiver.answer = () => ({ status: 410 });
  await plane.integration.testWebhook(org, webhook.webhookId);
  await expect
    .poll(async () => (await deliveries(plane, webhook)).map(({ state }) => state))
    .toEqual(Array(4).fill("failed"));
  expect((await deliveries(plane, webhook)).map(({ outcome, nextAt }) => [outcome, nextAt])).toEqual(
    Array(4).fill(["410", null]),
  );
  clock.move(day);
  await plane.integration.listWebhooks(org);
  expect(receiver.received).toHaveLength(4);
});

test("a receiver that does not answer holds up neither another nor the end of the server", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const { plane, clock } = await start(path);
  const [slow, quick] = [await receiverAt(clock), await receiverAt(clock)];
  const held = new Set<() => void>();
  slow.answer = () => new Promise((resolve) => held.add(() => resolve({ status: 200 })));
  const stuck = await hook(plane, slow);
  const webhook = await hook(plane, quick);
  for (let index = 0; index < 20; index++) await alarm(plane);
  await expect.poll(() => quick.events(webhook.secret)).toHaveLength(20);
  expect(slow.received, "two at a time").toHaveLength(2);
  // The farewell of a second, by the server's clock.
  let closed = false;
  void plane.close().then(() => {
    closed = true;
  });
  const isClosed = (): boolean => {
    clock.move(1_000);
    return closed;
  };
  await expect.poll(isClosed, { timeout: 5_000 }).toBe(true);
  for (const answer of held) answer();
  slow.answer = () => ({ status: 200 });
  const after = await Plane.start(path, clock);
  await expect.poll(() => slow.events(stuck.secret)).toHaveLength(20);
  expect(new Set(slow.events(stuck.secret).map(({ data }) => data?.alertId)).size).toBe(20);
  expect(quick.received, "what was taken is not sent again").toHaveLength(20);
  expect((await deliveries(after, stuck)).every(({ attempts }) => attempts === 1)).toBe(true);
});

test("an answer without end is read no further than it says whether the message was taken", async () => {
  const { plane } = await start();
  let sent = 0;
  const endless = createServer((_request, response) => {
    const piece = Buffer.alloc(1 << 16);
    const pour = (): void => {
      while (response.write(piece)) sent += piece.length;
    };
    response.writeHead(200).on("drain", pour);
    pour();
  });
  await once(endless.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void endless.close());
  const address = endless.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const webhook = await plane.integration.createWebhook(org, { url: `http://127.0.0.1:${port}/` });
  await plane.integration.testWebhook(org, webhook.webhookId);
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.state).toBe("delivered");
  expect(sent).toBeLessThan(32 << 20);
});

test("a message is taken as soon as the status says so, though the answer goes on", async () => {
  const { plane } = await start();
  const slow = createServer((_request, response) => void response.writeHead(200).write("."));
  await once(slow.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    slow.closeAllConnections();
    slow.close();
  });
  const address = slow.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const webhook = await plane.integration.createWebhook(org, { url: `http://127.0.0.1:${port}/` });
  await plane.integration.testWebhook(org, webhook.webhookId);
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.outcome).toBe("200");
});

test("who has too much to do and says until when is sent nothing before, of all that waits", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 500 });
  for (let index = 0; index < 6; index++) await alarm(plane);
  const attempts = async () => (await deliveries(plane, webhook)).reduce((sum, each) => sum + each.attempts, 0);
  await expect.poll(attempts).toBe(6);
  receiver.answer = () => ({ status: 429, headers: { "retry-after": "600" } });
  clock.move(7_000);
  await expect.poll(attempts).toBeGreaterThan(6);
  const before = receiver.received.length;
  expect(before, "two at a time").toBeLessThanOrEqual(8);
  clock.move(500_000);
  await plane.integration.listWebhooks(org);
  expect(receiver.received).toHaveLength(before);
  receiver.answer = () => ({ status: 200 });
  const later = async () => {
    clock.move(61_000);
    return (await deliveries(plane, webhook)).map(({ state }) => state);
  };
  await expect.poll(later).toEqual(Array(6).fill("delivered"));
});

/** Owes a webhook more messages that are due. */
function owe(database: SqliteDatabase, { webhookId }: Pick<WebhookCreated, "webhookId">, count: number): void {
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into delivery (id, webhook_id, alert_id, body, created_at, next_at)
       select 'msg_owed' || i, ?, i, '{}', 0, 0 from n`,
    )
    .run([webhookId]);
}

/** A database whose transactions that end deliveries are counted. */
function counted(database: SqliteDatabase, seen: { steps: number }): SqliteDatabase {
  const prepare: SqliteDatabase["prepare"] = (sql) => {
    if (/^(delete from "delivery" where "id" in|update "delivery" set "next_at" = \?, "done_at")/.test(sql))
      seen.steps++;
    return database.prepare(sql);
  };
  return { prepare, close: () => database.close() };
}

test("a deleted webhook is gone at once, and what it was owed goes in steps, which a restart does not stop", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const { plane, clock } = await start(path);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  await plane.close();
  const database = openSqlite(path);
  owe(database, webhook, 1_200);
  database.prepare("update webhook set ending = 'deleted'").run([]);
  const seen = { steps: 0 };
  const after = await Plane.start(counted(database, seen), clock);
  expect(await after.integration.listWebhooks(org)).toEqual([]);
  await alarm(after);
  const rows = () => database.prepare("select id from delivery union all select id from webhook").all([]);
  await expect.poll(rows).toEqual([]);
  expect([receiver.received.length, seen.steps]).toEqual([0, 3]);
  const next = await hook(after, receiver);
  receiver.answer = () => ({ status: 500 });
  owe(database, next, 1_200);
  await after.integration.deleteWebhook(org, next.webhookId);
  await expect(after.integration.deleteWebhook(org, next.webhookId)).rejects.toMatchObject({ status: 404 });
  await expect(after.integration.testWebhook(org, next.webhookId)).rejects.toMatchObject({ status: 404 });
  await expect(after.integration.listDeliveries(org, next.webhookId)).rejects.toMatchObject({ status: 404 });
  await expect.poll(rows).toEqual([]);
  expect(receiver.received.length, "those that were on their way").toBeLessThanOrEqual(2);
  const removed = await after.integration.audit(org, { target: next.webhookId });
  expect(removed.map(({ action }) => action)).toEqual(["delete", "create"]);
});

test("what waits for a receiver that is gone ends in steps, and what comes later is tried", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const seen = { steps: 0 };
  const plane = await Plane.start(counted(database, seen), clock);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 410 });
  owe(database, webhook, 1_200);
  await plane.integration.testWebhook(org, webhook.webhookId);
  const outcomes = async () => new Set((await deliveries(plane, webhook)).map(({ outcome }) => outcome));
  await expect.poll(outcomes).toEqual(new Set(["410"]));
  expect(receiver.received.length).toBeLessThanOrEqual(3);
  expect(seen.steps).toBeGreaterThanOrEqual(3);
  const counted410 = async () => (await plane.send("GET", "/metrics")).body;
  await expect.poll(counted410).toMatch(/deliveries_total\{outcome="failed"\} 1201/);
  receiver.answer = () => ({ status: 200 });
  const later = async () => {
    const { deliveryId } = await plane.integration.testWebhook(org, webhook.webhookId);
    return deliveryId;
  };
  const id = await later();
  await expect
    .poll(async () => (await deliveries(plane, webhook)).find(({ deliveryId }) => deliveryId === id)?.outcome)
    .toBe("200");
});

test("an attempt under way when its webhook turns out to be gone is counted once", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database, clock);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  let answerLate = (): void => {};
  const late = new Promise<{ status: number }>((resolve) => {
    answerLate = () => resolve({ status: 410 });
  });
  receiver.answer = () => (receiver.received.length === 1 ? late : { status: 410 });
  owe(database, webhook, 20);
  await plane.integration.testWebhook(org, webhook.webhookId);
  const outcomes = async () => new Set((await deliveries(plane, webhook)).map(({ outcome }) => outcome));
  await expect.poll(outcomes).toEqual(new Set(["410"]));
  const failed = async () =>
    /deliveries_total\{outcome="failed"\} (\d+)/.exec((await plane.send("GET", "/metrics")).body)?.[1];
  await expect.poll(failed).toBe("21");
  answerLate();
  // Long enough for the late answer to be written down, many times over.
  for (let asked = 0; asked < 50; asked++) expect(await failed()).toBe("21");
});

test("ten tests of a webhook may wait, and each is on record", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => ({ status: 500 });
  const ask = () => plane.api("POST", `/v1/org/${org}/webhook/${webhook.webhookId}/test`);
  const answers = await Promise.all(Array.from({ length: 12 }, ask));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), 429, 429]);
  expect(answers.find(({ status }) => status === 429)?.headers["retry-after"]).toBe("60");
  const decisions = await plane.integration.audit(org, { target: webhook.webhookId });
  expect(decisions.filter(({ action }) => action === "test")).toHaveLength(10);
  receiver.answer = () => ({ status: 200 });
  const later = async () => {
    clock.move(61_000);
    return (await deliveries(plane, webhook)).every(({ state }) => state === "delivered");
  };
  await expect.poll(later).toBe(true);
  expect((await ask()).status).toBe(200);
});

test("organisations do not hold up each other, however many of one's receivers are dead", async () => {
  const { plane, clock } = await start();
  const dead = await receiverAt(clock);
  const held = new Set<() => void>();
  dead.answer = () => new Promise((resolve) => held.add(() => resolve({ status: 200 })));
  for (const orgId of ["one", "two", "three"]) {
    await plane.integration.createOrg({ orgId });
    for (let index = 0; index < 3; index++) {
      const { webhookId } = await plane.integration.createWebhook(orgId, { url: dead.url });
      for (let more = 0; more < 3; more++) await plane.integration.testWebhook(orgId, webhookId);
    }
  }
  await expect.poll(() => dead.received.length).toBe(12);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  await alarm(plane);
  await expect.poll(() => receiver.events(webhook.secret)).toHaveLength(1);
  expect(dead.received, "four of each").toHaveLength(12);
  dead.answer = () => ({ status: 200 });
  for (const answer of held) answer();
  await expect.poll(() => dead.received.length).toBe(27);
});

test("who is down is told when they are back, also by the next life of the server", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const { plane, clock } = await start(path);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  await receiver.close();
  await alarm(plane);
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.outcome).toBe("network");
  await plane.close();
  await receiver.open();
  const after = await Plane.start(path, clock);
  expect(receiver.received).toEqual([]);
  clock.move(6_000);
  await expect
    .poll(async () => (await deliveries(after, webhook))[0])
    .toMatchObject({ state: "delivered", attempts: 2 });
  expect(receiver.events(webhook.secret)).toMatchObject([{ type: "alert.opened" }]);
});

test("a webhook's secret is shown once: not in lists, and not in the database", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const { plane, clock } = await start(path);
  const receiver = await receiverAt(clock);
  const { secret, ...item } = await hook(plane, receiver);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await plane.integration.listWebhooks(org)).toEqual([item]);
  await plane.close();
  const [, base64 = ""] = secret.split("_");
  const bytes = Buffer.concat([path, `${path}-wal`].flatMap((file) => readIfThere(file)));
  expect(bytes.includes(item.webhookId)).toBe(true);
  for (const form of [base64, Buffer.from(base64, "base64")]) expect(bytes.includes(form)).toBe(false);
});

function readIfThere(file: string): Buffer[] {
  try {
    return [readFileSync(file)];
  } catch {
    return [];
  }
}

test("an organisation has ten webhooks at most, and a deleted one makes room and is told nothing more", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  receiver.answer = () => ({ status: 503 });
  const made = await Promise.all(
    Array.from({ length: 12 }, () => plane.api("PUT", `/v1/org/${org}/webhook`, { url: receiver.url })),
  );
  expect(made.map(({ status }) => status).sort()).toEqual([...Array(10).fill(201), 409, 409]);
  const refused = made.filter(({ status }) => status === 409).map((answer) => verdict(answer).message);
  expect(refused[0]).toMatch(/at most 10 webhooks/);
  await alarm(plane);
  await expect.poll(() => receiver.received.length).toBe(10);
  const webhooks = await plane.integration.listWebhooks(org);
  await expect
    .poll(async () => {
      const all = await Promise.all(webhooks.map(({ webhookId }) => plane.integration.listDeliveries(org, webhookId)));
      return all.flat().filter(({ attempts }) => attempts === 1).length;
    })
    .toBe(10);
  const [first, ...others] = webhooks.map(({ webhookId }) => webhookId);
  for (const id of others) await plane.integration.deleteWebhook(org, id);
  clock.move(6_000);
  await expect.poll(() => receiver.received.length).toBe(11);
  expect((await plane.integration.listWebhooks(org)).map(({ webhookId }) => webhookId)).toEqual([first]);
  await expect(plane.integration.deleteWebhook(org, others[0] ?? "")).rejects.toMatchObject({ status: 404 });
  await expect(plane.integration.listDeliveries(org, others[0] ?? "")).rejects.toMatchObject({ status: 404 });
  expect((await plane.api("PUT", `/v1/org/${org}/webhook`, { url: receiver.url })).status).toBe(201);
});

test("only who reaches every organisation names an address within", async () => {
  const { plane } = await start();
  await plane.integration.createOrg({ orgId: "acme" });
  const { apiKey: own } = await plane.integration.createApiKey("acme", { name: "all", scopes: ["*"] });
  const put = (url: string) => plane.send("PUT", "/v1/org/acme/webhook", { url }, { authorization: `Bearer ${own}` });
  expect(verdict(await put("http://127.0.0.1:9/"))).toEqual({
    status: 403,
    message: "Only a key of all organizations may name an internal address for a webhook",
  });
  expect((await put("https://hooks.example.com/")).status).toBe(201);
  expect((await put("http://hooks.example.com/")).status).toBe(400);
  expect((await put("https://me:secret@hooks.example.com/")).status).toBe(400);
  expect((await put("ftp://hooks.example.com/")).status).toBe(400);
  const asFirst = await plane.api("PUT", "/v1/org/acme/webhook", { url: "https://192.168.1.9/" });
  expect(asFirst.status).toBe(201);
});

test("what is over is forgotten after seven days, what waits is not", async () => {
  const { plane, clock } = await start();
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  const send = async () =>
    dataOf(await plane.api("POST", `/v1/org/${org}/webhook/${webhook.webhookId}/test`), DeliveryItem);
  await send();
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.state).toBe("delivered");
  clock.move(6 * day);
  await send();
  await expect.poll(async () => (await deliveries(plane, webhook))[0]?.state).toBe("delivered");
  expect(await deliveries(plane, webhook)).toHaveLength(2);
  clock.move(2 * day);
  await expect.poll(async () => (await deliveries(plane, webhook)).length).toBe(1);
});

test("an attempt that cannot be written down is not made again until it is", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  let full = false;
  const prepare = (sql: string) => {
    if (full && sql === "commit") throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
    return database.prepare(sql);
  };
  const plane = await Plane.start({ prepare, close: () => database.close() }, clock);
  const receiver = await receiverAt(clock);
  const webhook = await hook(plane, receiver);
  receiver.answer = () => {
    full = true;
    return { status: 200 };
  };
  await alarm(plane);
  await expect.poll(() => receiver.received.length).toBe(1);
  for (let index = 0; index < 3; index++) {
    clock.move(6_000);
    await plane.integration.listWebhooks(org);
  }
  full = false;
  const later = async () => {
    clock.move(6_000);
    return (await deliveries(plane, webhook))[0]?.state;
  };
  await expect.poll(later).toBe("delivered");
  expect(receiver.received).toHaveLength(1);
});
