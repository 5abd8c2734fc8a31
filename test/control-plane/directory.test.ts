import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { DomainPage, RoleItem } from "../../src/protocol/integration/schema.js";
import { dataOf, org, Plane, verdict } from "./plane.js";

const path = `/v1/org/${org}`;

test("an organisation has two roles from its first moment, which stay, and others that come and go", async () => {
  const { integration, api } = await started();
  const names = async (of = org) => (await integration.listRoles(of)).map(({ name, builtIn }) => [name, builtIn]);
  await integration.createOrg({ orgId: "acme" });
  for (const of of [org, "acme"]) {
    expect(await names(of)).toEqual([
      ["Admin", true],
      ["Member", true],
    ]);
  }
  const made = await api("PUT", "/role", { name: " DevOps " });
  expect(made.status).toBe(201);
  expect(dataOf(made, RoleItem)).toEqual({ name: "DevOps", builtIn: false, createdAt: expect.stringMatching(/Z$/) });
  expect(verdict(await api("PUT", "/role", { name: "DevOps" }))).toEqual({
    status: 409,
    message: "Role DevOps exists already",
  });
  expect(await names("acme")).toHaveLength(2);
  expect(verdict(await api("DELETE", "/role/Member"))).toEqual({
    status: 409,
    message: "Role Member is built in and stays",
  });
  await integration.deleteRole(org, "DevOps");
  expect(verdict(await api("DELETE", "/role/DevOps"))).toEqual({ status: 404, message: "Role DevOps not found" });
  expect(await names()).toHaveLength(2);
});

test("a user is known by one name and one address, and another has neither", async () => {
  const { integration, api } = await started();
  const ann = await integration.createUser(org, { name: "ann", email: "ann@example.com" });
  expect(ann).toMatchObject({ name: "ann", email: "ann@example.com" });
  const bob = await integration.createUser(org, { name: "bob" });
  expect(bob).toMatchObject({ name: "bob", email: null });
  expect(verdict(await api("PUT", "/user", { name: "ann" })).message).toBe("User ann exists already");
  expect(verdict(await api("PUT", "/user", { name: "eve", email: "ann@example.com" }))).toEqual({
    status: 409,
    message: "ann@example.com is the address of another user",
  });
  expect((await api("PUT", "/user", { name: "eve", email: "nobody" })).status).toBe(400);
  expect(await integration.listUsers(org)).toEqual([ann, bob]);
  await integration.deleteUser(org, "ann");
  expect(await integration.createUser(org, { name: "eve", email: "ann@example.com" })).toMatchObject({ name: "eve" });
});

test("a domain is one whatever the letters, and nothing else is a domain", async () => {
  const { integration, api } = await started();
  expect(await integration.createDomain(org, { name: "Shops.Example.com" })).toMatchObject({
    name: "shops.example.com",
  });
  expect((await api("PUT", "/domain", { name: "SHOPS.example.com" })).status).toBe(409);
  for (const name of ["example", "-a.example.com", "a..b", "*.example.com", "example.com.", "a b.com", ""]) {
    expect((await api("PUT", "/domain", { name })).status, name).toBe(400);
  }
  await integration.deleteDomain(org, "SHOPS.example.com");
  expect(await integration.listDomains(org)).toEqual([]);
});

test("whatever a name holds, it can be listed and deleted by it", async () => {
  const { integration, api } = await started();
  const names = [
    "a/b",
    "a%2Fb",
    "100%",
    "%",
    "ü ☃",
    "?q=1#x",
    "...",
    "__proto__",
    "constructor",
    "a+b",
    "x".repeat(255),
  ];
  for (const name of names) {
    await integration.createRole(org, { name });
    await integration.createUser(org, { name });
  }
  const listed = (await integration.listRoles(org)).filter(({ builtIn }) => !builtIn).map(({ name }) => name);
  expect(new Set(listed)).toEqual(new Set(names));
  for (const name of names) {
    await integration.deleteRole(org, name);
    await integration.deleteUser(org, name);
  }
  expect(await integration.listRoles(org)).toHaveLength(2);
  expect(await integration.listUsers(org)).toEqual([]);
  // What no path can name is not made.
  for (const name of [".", "..", " .. ", "", " ", "a\u0000b", "a\ud800", "x".repeat(256)]) {
    expect((await api("PUT", "/role", { name })).status, name).toBe(400);
    expect((await api("PUT", "/user", { name })).status, name).toBe(400);
  }
});

test("lists have pages, whose total is that of the organisation", async () => {
  const { integration, api } = await started();
  await integration.createOrg({ orgId: "acme" });
  for (const letter of ["c", "a", "b"]) await integration.createDomain(org, { name: `${letter}.example.com` });
  await integration.createDomain("acme", { name: "a.example.com" });
  const page = dataOf(await api("GET", "/domains?limit=2&offset=1"), DomainPage);
  expect(page.domains.map(({ name }) => name)).toEqual(["b.example.com", "c.example.com"]);
  expect(page.pagination).toEqual({ total: 3, limit: 2, offset: 1 });
});

test.each([
  ["role", "role", 1_000],
  ["user", "org_user", 10_000],
  ["domain", "domain", 1_000],
] as const)("of each organisation's %ss there are no more than it may have", async (noun, table, most) => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  database
    .prepare(
      `insert or ignore into ${table} (org_id, name, created_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ${most} - (select count(*) from ${table}))
       select 'default', 'n' || i || '.example.com', 0 from n`,
    )
    .run([]);
  expect(verdict(await plane.api("PUT", `${path}/${noun}`, { name: "one.more" }))).toEqual({
    status: 409,
    message: `The organization has as many ${noun}s as it may`,
  });
  expect((await plane.api("DELETE", `${path}/${noun}/n1.example.com`)).status).toBe(200);
  expect((await plane.api("PUT", `${path}/${noun}`, { name: "one.more" })).status).toBe(201);
});

test("what is made and deleted is on record", async () => {
  const { integration } = await started();
  await integration.createRole(org, { name: "DevOps" });
  await integration.deleteRole(org, "DevOps");
  expect(await integration.audit(org, { target: "role DevOps" })).toMatchObject([
    { action: "delete", result: "deleted role DevOps", address: "127.0.0.1" },
    { action: "create", result: "created role DevOps", address: "127.0.0.1" },
  ]);
});

async function started() {
  const plane = await Plane.start();
  const api = (method: "GET" | "PUT" | "DELETE", below: string, body?: object) => plane.api(method, path + below, body);
  return { integration: plane.integration, api };
}
