import { expect, test } from "vitest";
import { z } from "zod";
import { endpoints } from "../../src/control-plane/http/app.js";
import { openSqlite } from "../../src/control-plane/index.js";
import { OrgPage } from "../../src/protocol/integration/schema.js";
import { call, scopeOf } from "./endpoint-calls.js";
import { aimed, everything, tenant } from "./isolation.js";
import { apiKey, dataOf, MovableClock, org, Plane, verdict } from "./plane.js";

test("nothing of an organisation can be seen, changed or guessed with the key of another, on any route", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  const [victim, stranger] = [await tenant(plane, "victim"), await tenant(plane, "stranger")];
  const authorization = `Bearer ${stranger.apiKey}`;
  const before = everything(database);
  const governed = endpoints.filter((endpoint) => scopeOf(endpoint) !== undefined);
  expect(governed.length).toBeGreaterThan(30);
  for (const endpoint of governed) {
    for (const values of aimed(endpoint, victim, stranger)) {
      const { status, body } = await call(plane, endpoint, values, { authorization });
      const what = `${endpoint.spec.method} ${endpoint.spec.path} with ${JSON.stringify(values)}: ${status} ${body}`;
      expect([403, 404], what).toContain(status);
    }
    if (endpoint.spec.method === "get") {
      const { body } = await call(plane, endpoint, { org: stranger.org }, { authorization });
      expect(victim.names.filter((name) => body.includes(name))).toEqual([]);
    }
  }
  expect(everything(database)).toEqual(before);
});

test("a device's key opens its own device only, on any route", async () => {
  const plane = await Plane.start();
  const [victim, stranger] = [await tenant(plane, "victim"), await tenant(plane, "stranger")];
  const routes = endpoints.filter(({ spec }) => spec.needs === "device key");
  expect(routes.length).toBeGreaterThan(0);
  for (const endpoint of routes) {
    const values = { deviceId: victim.deviceId };
    expect((await call(plane, endpoint, values, { "x-api-key": stranger.deviceKey })).status).toBe(401);
    expect((await call(plane, endpoint, values, { "x-api-key": victim.deviceKey })).status).toBe(200);
  }
});

test("only a key of all organisations makes one, and sees them all", async () => {
  const plane = await Plane.start();
  const acme = await tenant(plane, "acme");
  const asAcme = { authorization: `Bearer ${acme.apiKey}` };
  expect((await plane.send("PUT", "/v1/org", { orgId: "mine" }, asAcme)).status).toBe(403);
  const orgsOf = async (headers: Record<string, string>) =>
    dataOf(await plane.send("GET", "/v1/orgs", undefined, headers), OrgPage).orgs.map(({ orgId }) => orgId);
  expect(await orgsOf(asAcme)).toEqual(["acme"]);
  expect(await orgsOf({ authorization: `Bearer ${apiKey}` })).toEqual(["acme", org]);
  expect(verdict(await plane.api("PUT", "/v1/org", { orgId: "acme" })).status).toBe(409);
  expect((await plane.api("GET", "/v1/org/nobody")).status).toBe(404);
});

test("an organisation does not lift its own limit", async () => {
  const plane = await Plane.start();
  await plane.integration.createOrg({ orgId: "acme", maxSites: 1 });
  const { apiKey: own } = await plane.integration.createApiKey("acme", { name: "all", scopes: ["*"] });
  const change = (body: object) => plane.send("POST", "/v1/org/acme", body, { authorization: `Bearer ${own}` });
  expect((await change({ maxSites: null })).status).toBe(403);
  expect((await change({ name: "Acme", maxSites: 9 })).status).toBe(403);
  expect((await change({ name: "Acme" })).status).toBe(200);
  expect((await plane.integration.listOrgs())[0]).toMatchObject({ orgId: "acme", name: "Acme", maxSites: 1 });
});

test("an organisation is called by its id until it has a name", async () => {
  const plane = await Plane.start();
  const made = await plane.api("PUT", "/v1/org", { orgId: "acme", maxSites: 3 });
  expect(JSON.parse(made.body)).toMatchObject({ data: { orgId: "acme", name: "acme", maxSites: 3 } });
  const changed = await plane.api("POST", "/v1/org/acme", { name: "Acme Ltd", maxSites: null });
  expect(JSON.parse(changed.body)).toMatchObject({ data: { orgId: "acme", name: "Acme Ltd", maxSites: null } });
  const again = await plane.api("POST", "/v1/org/acme", { maxSites: 0 });
  expect(JSON.parse(again.body)).toMatchObject({ data: { name: "Acme Ltd", maxSites: 0 } });
});

test("deleting an organisation takes all that is in it and nothing else, and the audit remembers", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  await tenant(plane, "stays");
  const before = everything(database);
  const gone = await tenant(plane, "gone");
  const newt = await plane.newt(
    dataOf(
      await plane.api("PUT", "/v1/org/gone/site", { name: "x" }),
      z.object({ newtId: z.string(), secret: z.string() }),
    ),
  );
  expect((await plane.api("DELETE", "/v1/org/gone")).status).toBe(200);
  await newt.hearClose();
  const { audit, sqlite_sequence, ...left } = everything(database);
  const { audit: auditBefore, sqlite_sequence: _, ...expected } = before;
  expect(left).toEqual(expected);
  expect(audit).toEqual(expect.arrayContaining([expect.objectContaining({ org_id: "gone", target: "gone" })]));
  const dead = await plane.send("GET", "/v1/orgs", undefined, { authorization: `Bearer ${gone.apiKey}` });
  expect(dead.status).toBe(401);
});

test("a new organisation of an old id knows nothing of the old one, even if the clock was set back", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  await tenant(plane, "acme");
  await plane.api("DELETE", "/v1/org/acme");
  clock.setWrong(-3_600_000);
  await plane.api("PUT", "/v1/org", { orgId: "acme" });
  const { body } = await plane.api("GET", "/v1/org/acme/audit");
  expect(JSON.parse(body)).toMatchObject({
    data: { audit: [{ action: "create", target: "acme" }], pagination: { total: 1 } },
  });
});
