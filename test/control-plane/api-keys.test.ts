import { expect, test } from "vitest";
import { endpoints } from "../../src/control-plane/http/app.js";
import { createControlPlane } from "../../src/control-plane/index.js";
import { MemoryDatabase } from "../../src/control-plane/store/memory-database.js";
import { ApiKeyCreated, type Scope, scopes } from "../../src/protocol/integration/schema.js";
import { realWorld } from "../../src/world/real/index.js";
import { call, scopeOf } from "./endpoint-calls.js";
import { apiKey, dataOf, org, Plane, verdict } from "./plane.js";

const keys = `/v1/org/${org}/api-key`;
const denied = { status: 403, message: "Key does not have permission perform this action" };

async function keyWith(plane: Plane, allowed: readonly Scope[]): Promise<{ authorization: string }> {
  const created = dataOf(await plane.api("PUT", keys, { name: "test", scopes: allowed }), ApiKeyCreated);
  return { authorization: `Bearer ${created.apiKey}` };
}

test("each route asks for its own scope and takes no other", async () => {
  const plane = await Plane.start();
  const governed = endpoints.filter((endpoint) => scopeOf(endpoint) !== undefined);
  expect(governed.length).toBeGreaterThan(30);
  for (const endpoint of governed) {
    const scope = scopeOf(endpoint) ?? "*";
    const serving = new Set<Scope>([
      "*",
      scope,
      ...scopes.filter((other) => other === scope.replace(":read", ":write")),
    ]);
    const values = { org, siteId: "17", id: "17", niceId: "none", deviceId: "none" };
    const others = await keyWith(
      plane,
      scopes.filter((other) => !serving.has(other)),
    );
    const what = `${endpoint.spec.method} ${endpoint.spec.path}`;
    expect(verdict(await call(plane, endpoint, values, others)), what).toEqual(denied);
    if (endpoint.spec.method === "delete" && endpoint.spec.path === "/v1/org/:org") continue;
    for (const enough of serving) {
      const answer = await call(plane, endpoint, values, await keyWith(plane, [enough]));
      expect(verdict(answer), `${what} with ${enough}`).not.toEqual(denied);
    }
  }
});

test("a key is shown once, listed without its secret, and ends when it is deleted", async () => {
  const plane = await Plane.start();
  const created = dataOf(await plane.api("PUT", keys, { name: "ci", scopes: ["sites:read"] }), ApiKeyCreated);
  const { apiKey: text, ...item } = created;
  expect(item).toMatchObject({ orgId: org, name: "ci", lastChars: text.slice(-4), scopes: ["sites:read"] });
  const list = await plane.api("GET", `${keys}s`);
  expect(list.body).not.toContain(text.split(".")[1]);
  expect(JSON.parse(list.body)).toMatchObject({ data: { apiKeys: [item], pagination: { total: 1 } } });
  const headers = { authorization: `Bearer ${text}` };
  expect((await plane.send("GET", `/v1/org/${org}/sites`, undefined, headers)).status).toBe(200);
  expect((await plane.api("DELETE", `${keys}/${item.apiKeyId}`)).status).toBe(200);
  expect((await plane.send("GET", `/v1/org/${org}/sites`, undefined, headers)).status).toBe(401);
  expect((await plane.api("DELETE", `${keys}/${item.apiKeyId}`)).status).toBe(404);
});

test("a key gives no more than it has", async () => {
  const plane = await Plane.start();
  const headers = await keyWith(plane, ["api-keys:write", "sites:write"]);
  const give = (wanted: readonly string[]) => plane.send("PUT", keys, { name: "child", scopes: wanted }, headers);
  expect((await give(["sites:read", "api-keys:read"])).status).toBe(201);
  expect((await give(["*"])).status).toBe(403);
  expect((await give(["keys:read"])).status).toBe(403);
  expect((await give(["everything"])).status).toBe(400);
});

test("who may write keys deletes no sites with them", async () => {
  const plane = await Plane.start();
  const made = await plane.integration.createKey(org, { name: "k", maxBatchSize: null });
  await plane.site(made.siteProvisioningKey);
  const path = `/v1/org/${org}/site-provisioning-key/${made.siteProvisioningKeyId}?sites=delete`;
  const keysOnly = await keyWith(plane, ["keys:write"]);
  expect((await plane.send("DELETE", path, undefined, keysOnly)).status).toBe(403);
  expect(await plane.integration.listSites(org)).toHaveLength(1);
  const both = await keyWith(plane, ["keys:write", "sites:write"]);
  expect((await plane.send("DELETE", path, undefined, both)).status).toBe(200);
  expect(await plane.integration.listSites(org)).toEqual([]);
});

test("the first key cannot be deleted, seen or replaced through the API", async () => {
  const plane = await Plane.start();
  expect((await plane.api("DELETE", `${keys}/first`)).status).toBe(404);
  expect((await plane.api("GET", `${keys}s`)).body).not.toContain("first");
  expect((await plane.api("GET", "/v1/orgs")).status).toBe(200);
});

test("a new first key ends the old one, and a wrong pepper is noticed before anything is served", async () => {
  const memory = new MemoryDatabase();
  const start = (key: string, pepper = 7) =>
    createControlPlane({
      world: realWorld({ name: "plane" }),
      database: memory.connect(),
      pepper: Buffer.alloc(32, pepper),
      apiKey: key,
    });
  const asks = async (key: string, plane: Awaited<ReturnType<typeof start>>) => {
    const request = new Request("http://plane/v1/orgs", { headers: { authorization: `Bearer ${key}` } });
    return (await plane.request(request, { address: "127.0.0.1" })).status;
  };
  const first = await start(apiKey);
  expect(await asks(apiKey, first)).toBe(200);
  await first.close();
  await expect(start(apiKey, 8)).rejects.toMatchObject({ code: "FB1010" });
  const second = await start("other.anothersecretanothersecret");
  expect(await asks("other.anothersecretanothersecret", second)).toBe(200);
  expect(await asks(apiKey, second)).toBe(401);
  await second.close();
  memory.close();
});
