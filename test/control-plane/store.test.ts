import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { FirstbootError } from "../../src/error.js";
import { ProvisionAnswer } from "../../src/protocol/edgeflow/index.js";
import { channelUrl, RegisterData } from "../../src/protocol/newt/index.js";
import { logTo } from "../../src/world/log.js";
import { realWorld } from "../../src/world/real/index.js";
import { apiKey, dataOf, nonce, org, Plane, temporaryDirectory } from "./plane.js";

function codeOf(open: () => unknown): string | undefined {
  try {
    open();
  } catch (error) {
    if (error instanceof FirstbootError) return error.code;
    throw error;
  }
  return undefined;
}

test("everything is there after a restart, open replays too", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const before = await Plane.start(path);
  const [key, code] = [await before.key(2), await before.code()];
  const site = await before.site(key);
  const device = await before.device(code);
  const same = nonce(before);
  const lost = await before.register(key, { nonce: same });
  await before.close();

  const after = await Plane.start(path);
  expect(await after.integration.listKeys(org)).toMatchObject([{ numUsed: 2, state: "used_up" }]);
  expect(await after.register(key, { nonce: same })).toMatchObject({ status: 201, body: lost.body });
  expect(await after.integration.listSites(org)).toHaveLength(2);
  await after.newt(site);
  await after.connected(device);
  expect((await after.provision(code)).status).toBe(409);
});

test("no secret is readable in the database", async () => {
  const directory = temporaryDirectory();
  const plane = await Plane.start(join(directory, "control-plane.db"));
  const [key, code, code2] = [await plane.key(), await plane.code(), await plane.code()];
  const same = nonce(plane);
  const kept = dataOf(await plane.register(key, { nonce: same }), RegisterData);
  const keptDevice = ProvisionAnswer.parse(JSON.parse((await plane.provision(code2, same)).body));
  const site = await plane.site(key);
  const device = await plane.device(code);
  const token = await plane.token(site);
  const secrets = [
    key.split(".")[1] ?? "",
    apiKey.split(".")[1] ?? "",
    ...[code, code2, same, kept.secret, site.secret, device.apiKey, keptDevice.api_key, token],
  ];
  const readable = (): string =>
    readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), "latin1"))
      .join();
  expect(secrets.filter((secret) => readable().includes(secret))).toEqual([]);
  expect(readable()).toContain(site.newtId);
  await plane.close();
  expect(secrets.filter((secret) => readable().includes(secret))).toEqual([]);
  expect(readable()).toContain(site.newtId);
});

test("every decision of an exchange is on record, without secrets", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const plane = await Plane.start(path);
  const key = await plane.key(1);
  const [id = "", secret = ""] = key.split(".");
  await plane.register(key);
  await plane.register(key);
  await plane.register(`${id}.guess`);
  await plane.register(`${secret}.${id}`);
  await plane.provision(await plane.code());
  await plane.close();
  const database = openSqlite(path);
  const columns = "action, key_id, address, result";
  const rows = database.prepare(`select ${columns} from audit where action <> 'create' order by id`).all([]);
  database.close();
  const exchange = { action: "exchange", key_id: id, address: "127.0.0.1" };
  expect(rows).toEqual([
    { ...exchange, result: "created" },
    { ...exchange, result: "used_up" },
    { ...exchange, result: "invalid" },
    { ...exchange, key_id: null, result: "invalid" },
    { action: "provision", key_id: expect.stringMatching(/^codes-/), address: "127.0.0.1", result: "created" },
  ]);
});

test("a full disk is 503 with nothing half-done, and service resumes when there is room", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const database = openSqlite(path);
  const plane = await Plane.start(database);
  const key = await plane.key();
  const limit = (pages: number) => database.prepare(`pragma max_page_count = ${pages}`).all([]);
  limit(1);
  const name = "x".repeat(255);
  const answers = await Promise.all(Array.from({ length: 100 }, () => plane.register(key, { name })));
  const created = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(created.length + refused.length).toBe(100);
  expect(refused[0]?.headers["retry-after"]).toBe("1");
  limit(1_000_000);
  expect((await plane.register(key)).status).toBe(201);
  expect(await plane.integration.listKeys(org)).toMatchObject([{ numUsed: created.length + 1 }]);
  expect(await plane.integration.listSites(org)).toHaveLength(created.length + 1);
});

test("a query that the storage fails is 503 too", async () => {
  const database = openSqlite(":memory:");
  const failing = { on: false };
  const plane = await Plane.start({
    close: () => database.close(),
    prepare: (sql) => {
      if (failing.on) throw Object.assign(new Error("disk I/O error"), { code: "SQLITE_IOERR_READ" });
      return database.prepare(sql);
    },
  });
  failing.on = true;
  const answer = await plane.api("GET", `/v1/org/${org}/sites`);
  expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  const channel = plane.client.network.connect(channelUrl(plane.origin, "token"), { timeoutMs: 5_000 });
  await expect(channel).rejects.toMatchObject({ name: "UpgradeRefused", status: 503 });
  failing.on = false;
  expect((await plane.api("GET", `/v1/org/${org}/sites`)).status).toBe(200);
});

test("a full disk is logged as such", async () => {
  const database = openSqlite(":memory:");
  const reasons: string[] = [];
  const log = logTo((_level, _message, { reason }) => reasons.push(String(reason)));
  const plane = await createControlPlane({ world: realWorld({ log }), database, pepper: Buffer.alloc(32), apiKey });
  database.prepare("pragma max_page_count = 1").all([]);
  const key = JSON.stringify({ name: "x".repeat(255), maxBatchSize: null });
  const headers = { authorization: `Bearer ${apiKey}` };
  const create = () =>
    plane.request(
      new Request(`http://plane/v1/org/${org}/site-provisioning-key`, { method: "PUT", headers, body: key }),
      { address: "127.0.0.1" },
    );
  await Promise.all(Array.from({ length: 100 }, create));
  expect(reasons[0]).toContain("database or disk is full");
  await plane.close();
});

test("a database does not start with another pepper", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const start = async (fill: number) => {
    const database = openSqlite(path);
    const pepper = Buffer.alloc(32, fill);
    return createControlPlane({ world: realWorld(), database, pepper, apiKey }).catch((error: unknown) => {
      database.close();
      throw error;
    });
  };
  await (await start(1)).close();
  await expect(start(2)).rejects.toMatchObject({ code: "FB1010", message: expect.stringContaining("pepper") });
  await (await start(1)).close();
});

test("a killed control plane leaves a database that the next one opens, with all that was answered", async () => {
  const path = join(temporaryDirectory(), "control-plane.db");
  const before = await Plane.start(path);
  const key = await before.key();
  const inFlight = Array.from({ length: 100 }, () => before.register(key).catch(() => undefined));
  await Promise.race(inFlight);
  before.kill();
  const answered = (await Promise.all(inFlight)).filter((answer) => answer?.status === 201);
  expect(answered.length).toBeGreaterThan(0);

  const after = await Plane.start(path);
  const [item] = await after.integration.listKeys(org);
  expect(item?.numUsed).toBe((await after.integration.listSites(org)).length);
  expect(item?.numUsed).toBeGreaterThanOrEqual(answered.length);
});

test("a file that is not a control plane's database is refused and left alone", () => {
  const directory = temporaryDirectory();
  const text = join(directory, "text.db");
  writeFileSync(
    text,
    "not a database, but long enough to be read as the header of one, which takes a hundred bytes or so",
  );
  expect(codeOf(() => openSqlite(text))).toBe("FB1010");
  expect(readFileSync(text, "utf8")).toMatch(/^not a database/);

  const ours = join(directory, "ours.db");
  const database = openSqlite(ours);
  database.prepare("pragma application_id = 7").run([]);
  database.close();
  expect(codeOf(() => openSqlite(ours))).toBe("FB1010");
});

test("a database of a newer version is refused", () => {
  const path = join(temporaryDirectory(), "newer.db");
  const database = openSqlite(path);
  database.prepare("pragma user_version = 9999").run([]);
  database.close();
  expect(codeOf(() => openSqlite(path))).toBe("FB1010");
});

test("a path that cannot be written is refused", () => {
  const directory = temporaryDirectory();
  expect(codeOf(() => openSqlite(join(directory, "missing", "x.db")))).toBe("FB1002");
  mkdirSync(join(directory, "folder.db"));
  expect(codeOf(() => openSqlite(join(directory, "folder.db")))).toBe("FB1002");
});
