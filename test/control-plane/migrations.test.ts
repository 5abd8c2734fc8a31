import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test, vi } from "vitest";
import { migrations } from "../../src/control-plane/store/migrations.js";
import { openSqlite } from "../../src/control-plane/store/sqlite.js";
import { sealForNonce } from "../../src/provisioning/nonce.js";
import { peppered, sha256 } from "../../src/provisioning/secret.js";
import { applied } from "./newt-site.js";
import { apiKey, nonce, org, Plane, temporaryDirectory } from "./plane.js";

const pepper = Buffer.alloc(32, 7);
const nonceOfOpenExchange = "ab".repeat(32);
const key = `spk-${"k".repeat(15)}.${"a".repeat(40)}`;
const proven = { newtId: "provenprovenpro", secret: "p".repeat(40) };
const open = { newtId: "openopenopenope", secret: "o".repeat(40) };
const device = { deviceId: "dev_old", apiKey: `efk_${"d".repeat(40)}` };
const code = "PROV-ABCD-EFGH";

/** Documents as version 1 kept them, with names that are gone. */
const tcp = {
  name: "Web",
  protocol: "tcp",
  "proxy-port": 7000,
  targets: [{ hostname: "10.0.0.1", port: 80, enabled: true, priority: 100 }, null],
  enabled: true,
  ssl: true,
  rules: [],
  labels: [],
};
const database = { name: "DB", mode: "host", destination: "10.0.0.9", alias: "DB.internal", enabled: false, roles: [] };

/** What version 3 has beside it. */
const targets = "insert into target values (12, 5, 7, 0, 'tcp', '10.0.0.1', 80, 41000, 1, null, 'healthy', 2600);";

/** Rows as version 1 wrote them. */
const rows = `
insert into org values ('${org}', 1000);
insert into api_key values ('first', '${org}', '${peppered(pepper, apiKey.slice(6))}', 1000);
insert into provisioning_key values ('${key.slice(0, 19)}', '${org}', 'roll-out', '${peppered(pepper, key.slice(20))}',
  'aaaa', 3, 2, null, 0, 2000, 2500, null);
insert into code_batch values ('codes-1', '${org}', 'boards', 2, null, 2000, null);
insert into code values ('${peppered(pepper, code)}', 'codes-1', null, null), ('spent', 'codes-1', 3000, 'dev_old');
insert into site values (7, '${org}', 'brave-otter', 'front', 'approved', '${key.slice(0, 19)}', '1.2.3', 2100, 2900),
  (9, '${org}', 'calm-crab', 'back', 'pending', '${key.slice(0, 19)}', null, 2200, null);
insert into newt values ('${proven.newtId}', 7, '${peppered(pepper, proven.secret)}'),
  ('${open.newtId}', 9, '${peppered(pepper, open.secret)}');
insert into session values ('token', '${proven.newtId}', 9000);
insert into device values ('dev_old', '${org}', 'board', '${sha256(device.apiKey)}', 'codes-1',
  '{"board_model":"Pi"}', '{"mac_address":"dc:a6:32:00:00:99"}', null, 3000, 3100);
insert into shadow values ('dev_old', 4, '{"led":true}', '{}', '{}', '{}', 3200);
insert into replay values ('${key.slice(0, 19)}', '${peppered(pepper, nonceOfOpenExchange)}', '${open.newtId}', null,
  '${sealForNonce(nonceOfOpenExchange, Buffer.alloc(12, 1), JSON.stringify(open))}', 2200);
insert into blueprint values (3, '${org}', 9, 'fresh-fox', 'NEWT', '{"proxy-resources":{}}', 0, 1, 'waits', 2300);
insert into resource values
  (5, '${org}', 'public', 'web', 7, 'NEWT', '${JSON.stringify(tcp)}', 2400),
  (6, '${org}', 'private', 'db', 7, 'NEWT', '${JSON.stringify(database)}', 2400),
  (7, '${org}', 'public', 'damaged', 7, 'NEWT', '{', 2400);
insert into audit values (11, 2100, 'exchange', '${org}', '${key.slice(0, 19)}', 'brave-otter', '10.0.0.1', 'created');
`;

/** A file of a version, with rows from version 1 on. */
function fileOf(version: number): string {
  const path = join(temporaryDirectory(), "firstboot.db");
  const database = new Database(path);
  for (const [index, statements] of migrations.slice(0, version).entries()) {
    database.exec(statements);
    if (index === 0) database.exec(rows);
    if (index === 2) database.exec(targets);
  }
  database.pragma(`application_id = ${0x46426370}`);
  database.pragma(`user_version = ${version}`);
  database.close();
  return path;
}

/** All that a file says. */
function dump(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const objects = database.prepare("select type, name, sql from sqlite_schema order by type, name").all();
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  const content = tables.map((name) => [name, database.prepare(`select * from ${name}`).all()]);
  const version = database.pragma("user_version", { simple: true });
  database.close();
  return { version, objects, content };
}

const versions = migrations.map((_, index) => index + 1);

afterEach(() => {
  vi.doUnmock("../../src/control-plane/store/migrations.js");
  vi.resetModules();
});

test("the file of version 1 is what a first release wrote, with rows in every table", () => {
  const database = new Database(fileOf(1), { readonly: true });
  const names = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  const empty = names.filter((name) => database.prepare(`select count(*) from ${name}`).pluck().get() === 0);
  database.close();
  expect(empty).toEqual([]);
});

test.each(versions)("a database of version %i works as one that was always of the newest", async (version) => {
  const path = fileOf(version);
  const plane = await Plane.start(path);
  const { integration } = plane;
  expect(await integration.listKeys(org)).toMatchObject([{ name: "roll-out", maxBatchSize: 3, numUsed: 2 }]);
  expect(await integration.listCodes(org)).toMatchObject([{ name: "boards", quantity: 2, numUsed: 1 }]);
  expect(await integration.listSites(org)).toMatchObject([
    { siteId: 7, niceId: "brave-otter", name: "front", status: "approved", newtVersion: "1.2.3" },
    { siteId: 9, niceId: "calm-crab", name: "back", status: "pending" },
  ]);
  expect(await integration.listBlueprints(org)).toMatchObject([{ blueprintId: 3, siteId: 9, parked: true }]);
  const shadow = await plane.send("GET", "/api/v1/devices/dev_old/shadow", undefined, { "x-api-key": device.apiKey });
  expect(JSON.parse(shadow.body)).toMatchObject({ version: 4, desired: { led: true } });
  const audit = await plane.api("GET", `/v1/org/${org}/audit`);
  expect(JSON.parse(audit.body)).toMatchObject({ data: { audit: [{ auditId: 11, target: "brave-otter" }] } });
  expect((await plane.api("GET", "/v1/orgs")).status).toBe(200);
  expect(JSON.parse((await plane.api("GET", `/v1/org/${org}/capacity`)).body)).toMatchObject({
    data: { sites: { used: 2 }, devices: { used: 1 } },
  });

  const again = await plane.register(key, { nonce: nonceOfOpenExchange });
  expect(JSON.parse(again.body)).toMatchObject({ data: open });
  for (const credentials of [proven, open]) await plane.newt(credentials);
  expect((await plane.register(key, { nonce: nonceOfOpenExchange })).status).toBe(201);
  expect((await plane.register(key, { nonce: nonce(plane) })).status).toBe(401);
  expect((await plane.provision(code)).status).toBe(201);
  expect(await integration.listDevices(org)).toHaveLength(2);
});

test.each(versions)(
  "resources of version %i are there with all that is looked for in them, damaged ones too",
  (version) => {
    const path = fileOf(version);
    const opened = openSqlite(path);
    const select = (columns: string, from: string) =>
      opened.prepare(`select ${columns} from ${from} order by id`).all([]);
    const columns = "id, site_id, governed_by, edited_at, enabled, alias, proxy_protocol, proxy_port";
    const none = {
      site_id: 7,
      governed_by: null,
      edited_at: null,
      alias: null,
      proxy_protocol: null,
      proxy_port: null,
    };
    expect(select(columns, "resource")).toEqual([
      { ...none, id: 5, enabled: 1, proxy_protocol: "tcp", proxy_port: 7000 },
      { ...none, id: 6, enabled: 0, alias: "db.internal" },
      { ...none, id: 7, enabled: 1 },
    ]);
    expect(opened.prepare("select * from resource_site").all([])).toEqual([{ resource_id: 6, site_id: 7 }]);
    expect(select("id, internal_port, health", "target")).toEqual(
      version < 3 ? [] : [{ id: 12, internal_port: 41_000, health: "healthy" }],
    );
    expect(opened.prepare("select org_id, name, built_in from role").all([])).toEqual([
      { org_id: org, name: "Admin", built_in: 1 },
      { org_id: org, name: "Member", built_in: 1 },
    ]);
    opened.close();
  },
);

/** Documents that no version has written, but that a file may hold, and what is looked for in them. */
const odd: readonly (readonly [document: string, expected: object])[] = [
  ['{"mode":"tcp","enabled":"yes","proxy-port":"7000"}', { enabled: 1, proxy_protocol: "tcp", proxy_port: null }],
  ['{"protocol":"udp","enabled":null,"proxy-port":7000.5}', { enabled: 1, proxy_protocol: "udp", proxy_port: null }],
  ['{"mode":"tcp","enabled":{},"proxy-port":1e40}', { enabled: 1, proxy_protocol: "tcp", proxy_port: null }],
  ['{"mode":{},"enabled":[false],"full-domain":7,"targets":7}', { enabled: 1, full_domain: "7" }],
  ['{"full-domain":null,"targets":["x",7,null,{"site":"gone"}]}', { full_domain: null }],
  ['{"targets":[[]],"site":[]}', {}],
  ['[{"enabled":false}]', { enabled: 1 }],
  ['"text"', {}],
  ["null", {}],
  ["", {}],
];

test.each(versions.slice(0, 3))("odd documents of version %i keep no server from its start", async (version) => {
  const path = fileOf(version);
  const file = new Database(path);
  const kinds = ["public", "private"];
  const insert = file.prepare("insert into resource values (?, ?, ?, ?, 7, 'NEWT', ?, 2400)");
  for (const [index, [document]] of odd.entries())
    for (const [at, kind] of kinds.entries()) insert.run(100 + 2 * index + at, org, kind, `odd-${index}`, document);
  file.close();
  const opened = openSqlite(path);
  const columns = "enabled, full_domain, proxy_protocol, proxy_port";
  const found = opened
    .prepare(`select ${columns} from resource where id >= 100 and kind = 'public' order by id`)
    .all([]);
  expect(found).toMatchObject(odd.map(([, expected]) => expected));
  opened.close();
  const { integration } = await Plane.start(path);
  expect(await integration.listResources(org)).toHaveLength(3 + 2 * odd.length);
});

test.each(versions.slice(0, 3))(
  "a site's name in a document of version %i, which had no effect, gets none",
  async (version) => {
    const path = fileOf(version);
    const file = new Database(path);
    const led = {
      ...tcp,
      targets: [{ hostname: "10.0.0.1", port: 80, enabled: true, priority: 100, site: "gone" }, null],
    };
    const update = file.prepare("update resource set document = ? where id = ?");
    update.run(JSON.stringify(led), 5);
    update.run(JSON.stringify({ ...database, site: "calm-crab", sites: ["gone"] }), 6);
    file.close();
    const { integration } = await Plane.start(path);
    await integration.updateResource(org, "public", "web", { name: "Page" });
    await integration.updateResource(org, "private", "db", { name: "Data" });
    expect(await integration.findResource(org, "public", "web")).toMatchObject({
      sites: ["brave-otter"],
      document: { targets: [{ port: 80 }, null] },
    });
    expect(await integration.findResource(org, "private", "db")).toMatchObject({
      sites: ["brave-otter"],
      document: { sites: [] },
    });
  },
);

test.each(versions)("an id that a resource or target of version %i had is no other's ever", async (version) => {
  const path = fileOf(version);
  const file = new Database(path);
  file.exec("delete from resource");
  file.close();
  const { integration } = await Plane.start(path);
  const document = { name: "New", mode: "tcp", "proxy-port": 1, targets: [{ hostname: "h", port: 1, site: "front" }] };
  const made = await integration.createResource(org, { kind: "public", niceId: "new", document });
  expect(made.resourceId).toBe(8);
  expect(made.targets[0]?.targetId).toBe(version < 3 ? 1 : 13);
});

test.each(versions)("a site's resources of version %i are put anew, and what is parked is applied", async (version) => {
  const plane = await Plane.start(fileOf(version));
  const newt = await plane.newt(proven);
  const document = {
    "public-resources": { web: { ...tcp, targets: [...tcp.targets, { hostname: "10.0.0.2", port: 81 }] } },
  };
  expect((await applied(newt, document)).result).toMatchObject({ success: true });
  const shown = await plane.integration.listTargets(7);
  expect(shown).toMatchObject([{ port: 80 }, { port: 81 }]);
  if (version >= 3) expect(shown[0]).toMatchObject({ targetId: 12, internalPort: 41_000, health: null });
  await plane.integration.approveSite(9);
  expect(await plane.integration.listBlueprints(org)).toMatchObject([
    { applications: 1, once: false, succeeded: true },
    { blueprintId: 3, parked: false, succeeded: true },
  ]);
});

test("what has authenticated before leases existed counts as authenticated, what may be asked for again does not", () => {
  const path = fileOf(1);
  openSqlite(path).close();
  const database = new Database(path, { readonly: true });
  expect(database.prepare("select id, authenticated_at from site").all()).toEqual([
    { id: 7, authenticated_at: 2900 },
    { id: 9, authenticated_at: null },
  ]);
  expect(database.prepare("select authenticated_at from device").all()).toEqual([{ authenticated_at: 3100 }]);
  database.close();
});

test.each(versions)("files of all versions end up with the schema of a new one: %i", (version) => {
  const [old, fresh] = [fileOf(version), join(temporaryDirectory(), "new.db")];
  for (const path of [old, fresh]) openSqlite(path).close();
  const schema = (path: string) => {
    const database = new Database(path, { readonly: true });
    const objects = database.prepare("select type, name, tbl_name, sql from sqlite_schema order by type, name").all();
    const loose = database.pragma("foreign_key_check");
    const state = database.pragma("integrity_check", { simple: true });
    database.close();
    return { objects, loose, state };
  };
  expect(schema(old)).toEqual(schema(fresh));
  expect(schema(old)).toMatchObject({ loose: [], state: "ok" });
});

test.each(versions)("a migration that does not come to its end leaves version %i whole", async (version) => {
  const path = fileOf(version);
  const before = dump(path);
  const next = migrations[version] ?? "create table beyond (id integer) strict;";
  const known = migrations.slice(0, version);
  vi.resetModules();
  vi.doMock("../../src/control-plane/store/migrations.js", () => ({
    migrations: [...known, `${next}; insert into nowhere values (1);`],
  }));
  const broken = await import("../../src/control-plane/store/sqlite.js");
  expect(() => broken.openSqlite(path)).toThrow(expect.objectContaining({ code: "FB1002" }));
  expect(dump(path)).toEqual(before);
  const plane = await Plane.start(path);
  expect(await plane.integration.listSites(org)).toHaveLength(2);
});

test("a migration that would leave a reference to nothing is not carried out", async () => {
  const path = fileOf(migrations.length);
  const before = dump(path);
  vi.resetModules();
  vi.doMock("../../src/control-plane/store/migrations.js", () => ({
    migrations: [...migrations, "delete from newt where site_id = 7; delete from site where id = 9;"],
  }));
  const broken = await import("../../src/control-plane/store/sqlite.js");
  expect(() => broken.openSqlite(path)).toThrow(/refer to what is not there/);
  expect(dump(path)).toEqual(before);
});
