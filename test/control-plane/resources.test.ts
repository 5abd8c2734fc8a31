import { expect, test } from "vitest";
import { IntegrationClient, ResourcePage } from "../../src/protocol/integration/index.js";
import type { NewtMessage } from "../../src/protocol/newt/index.js";
import { mask } from "../../src/provisioning/blueprint/index.js";
import { applied, beat, TestSite, target, web } from "./newt-site.js";
import { dataOf, org, verdict } from "./plane.js";
import { heardBy, page, path, ssh, started } from "./resource-calls.js";

test("a newt hears of a public resource when it is made, of each difference, and when it goes", async () => {
  const { plane, create, edit, find, integration } = await started();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const [one, two] = [target(8080, { site: site.niceId }), target(8081, { site: site.niceId })];

  const made = await create("public", "page", { ...page, targets: [one, two] });
  expect(made).toMatchObject({
    kind: "public",
    niceId: "page",
    name: "Page",
    mode: "http",
    enabled: true,
    sites: [site.niceId],
    ownerSite: null,
    governedBy: null,
    overwriteExpected: false,
    source: "API",
    warnings: [expect.stringContaining("page.example.com")],
    targets: [
      { site: site.niceId, resourceNiceId: "page", protocol: "tcp", host: "10.0.0.1", port: 8080, health: null },
      { site: site.niceId, resourceNiceId: "page", protocol: "tcp", host: "10.0.0.1", port: 8081, enabled: true },
    ],
  });
  const texts = made.targets.map(({ internalPort, port }) => `${internalPort}:10.0.0.1:${port}`);
  const told = (verb: "add" | "remove", targets: readonly string[], configVersion: number) =>
    expect.objectContaining({ type: `newt/tcp/${verb}`, data: { targets }, configVersion });
  expect((await heardBy(newt))[0]).toEqual(told("add", texts, 1));
  expect(await beat(newt, 2)).toEqual({ number: 2, heard: [] });

  const moved = await edit("public", "page", { targets: [one, target(9090, { site: site.niceId })] });
  const [, place] = moved.targets;
  expect(moved.targets[0]).toEqual(made.targets[0]);
  expect((await heardBy(newt)).slice(0, 2)).toEqual([
    told("remove", texts.slice(1), 2),
    told("add", [`${place?.internalPort}:10.0.0.1:9090`], 2),
  ]);

  // Beside its targets nothing is the newt's business.
  await edit("public", "page", { ssl: false, headers: [{ name: "X-A", value: "b" }] });
  expect(await beat(newt, 3)).toEqual({ number: 3, heard: [] });

  const served = moved.targets.map(({ internalPort, port }) => `${internalPort}:10.0.0.1:${port}`);
  expect(await edit("public", "page", { enabled: false })).toMatchObject({
    enabled: false,
    targets: [{ enabled: false }, { enabled: false }],
  });
  expect(await heardBy(newt)).toEqual([told("remove", served, 4)]);
  await edit("public", "page", { enabled: true });
  expect((await heardBy(newt))[0]).toEqual(told("add", served, 4));
  expect((await find("public", "page")).document).toMatchObject({ ssl: false, headers: [{ name: "X-A", value: "b" }] });

  await integration.deleteResource(org, "public", "page");
  expect(await heardBy(newt)).toEqual([told("remove", served, 6)]);
  expect(await beat(newt, 6)).toEqual({ number: 6, heard: [] });
  expect(await site.targets()).toEqual([]);
  expect(await integration.audit(org, { target: "public resource page" })).toMatchObject([
    { action: "delete", result: "deleted public resource page", address: "127.0.0.1" },
    { action: "update" },
    { action: "update" },
    { action: "update" },
    { action: "update" },
    { action: "create", result: "created public resource page" },
  ]);
});

test("targets of one resource may lie at several sites, each newt hears of its own, and their health is shown", async () => {
  const { plane, create, edit, find } = await started();
  const [left, right] = [await TestSite.of(plane), await TestSite.of(plane)];
  const [hears, knows] = [await left.connect(), await right.connect()];
  const healthcheck = { hostname: "10.0.0.1", port: 80, method: "GET" };
  const made = await create("public", "page", {
    ...page,
    targets: [target(80, { site: left.niceId, healthcheck }), target(81, { site: right.niceId })],
  });
  expect(made.sites).toEqual([left.niceId, right.niceId].sort());
  expect(made.targets.map(({ health }) => health)).toEqual(["unknown", null]);
  const port = (message: NewtMessage | undefined) => JSON.stringify(message?.data).match(/:(\d+)"/)?.[1];
  expect((await heardBy(hears)).map(port)).toEqual(["80", undefined]);
  expect((await heardBy(knows)).map(port)).toEqual(["81", undefined]);
  const targets = { [made.targets[0]?.targetId ?? 0]: { status: "healthy" } };
  hears.say({ type: "newt/healthcheck/status", data: { targets } });
  await beat(hears);
  // Commands are done in the order in which they come.
  expect((await edit("public", "page", {})).targets.map(({ health }) => health)).toEqual(["healthy", null]);
  expect((await find("public", "page")).targets.map(({ health }) => health)).toEqual(["healthy", null]);

  // One target moves from one site to the other.
  await edit("public", "page", { targets: [target(80, { site: right.niceId }), target(81, { site: right.niceId })] });
  expect((await heardBy(hears)).map(({ type }) => type)).toEqual(["newt/tcp/remove", "newt/healthcheck/remove"]);
  expect((await heardBy(knows)).map(({ type }) => type)).toEqual(["newt/tcp/add", "newt/healthcheck/add"]);
  expect(await left.targets()).toEqual([]);
});

test("a private resource and a policy live and go as public ones do", async () => {
  const { plane, create, edit, find, integration } = await started();
  const [left, right] = [await TestSite.of(plane), await TestSite.of(plane)];
  const shell = await create("private", "shell", { ...ssh, sites: [left.niceId], roles: ["DevOps", "Member"] });
  expect(shell).toMatchObject({ kind: "private", mode: "host", sites: [left.niceId], targets: [] });
  expect((await integration.listRoles(org)).map(({ name }) => name)).toEqual(["Admin", "DevOps", "Member"]);
  expect((await edit("private", "shell", { sites: [left.niceId, right.niceId] })).sites).toHaveLength(2);

  await create("policy", "staff", { name: "Staff", "sso-roles": ["Member"], password: "correct horse" });
  expect(await find("policy", "staff")).toMatchObject({ mode: null, enabled: true, document: { password: mask } });
  await create("public", "page", { ...page, policy: "staff" });
  expect(verdict(await plane.api("DELETE", `${path}/policy/staff`))).toEqual({
    status: 409,
    message: expect.stringMatching(/policy staff .*page/),
  });
  expect(verdict(await plane.api("PATCH", `${path}/public/page`, { document: { policy: "nobody" } }))).toEqual({
    status: 400,
    message: "Validation error: Shared policy not found: nobody",
  });
  await edit("public", "page", { policy: null });
  await integration.deleteResource(org, "policy", "staff");
  await integration.deleteResource(org, "private", "shell");
  expect((await integration.listResources(org)).map(({ niceId }) => niceId)).toEqual(["page"]);
});

test("whatever a niceId holds, its resource is found, edited and deleted by it", async () => {
  const { create, edit, find, integration } = await started();
  for (const niceId of ["a/b", "a%2Fb", "100%", "ü☃", "?q=1#x", "...", "a+b", "x".repeat(255)]) {
    await create("policy", niceId, { name: "P" });
    expect(await edit("policy", niceId, { name: "Q" })).toMatchObject({ niceId, name: "Q" });
    expect(await find("policy", niceId)).toMatchObject({ niceId, name: "Q" });
    await integration.deleteResource(org, "policy", niceId);
  }
  expect(await integration.listResources(org)).toEqual([]);
});

test("lists have pages by kind and niceId, of a kind or a site if that is wished", async () => {
  const { plane, create, integration } = await started();
  const [left, right] = [await TestSite.of(plane), await TestSite.of(plane)];
  await applied(await left.connect(), web([target(80)]));
  await create("public", "page", { ...page, targets: [target(80, { site: right.niceId })] });
  await create("private", "shell", { ...ssh, sites: [left.niceId, right.niceId] });
  await create("policy", "staff", { name: "Staff" });
  await integration.createOrg({ orgId: "acme" });
  await integration.createResource("acme", { kind: "policy", niceId: "foreign", document: { name: "Foreign" } });
  const names = async (filter = {}) => (await integration.listResources(org, filter)).map(({ niceId }) => niceId);
  expect(await names()).toEqual(["staff", "shell", "page", "web"]);
  expect(await names({ kind: "public" })).toEqual(["page", "web"]);
  expect(await names({ site: left.niceId })).toEqual(["shell", "web"]);
  expect(await names({ site: right.niceId, kind: "public" })).toEqual(["page"]);
  expect(await names({ site: "nowhere" })).toEqual([]);
  const listed = dataOf(await plane.api("GET", `${path}s?limit=2&offset=1&kind=public`), ResourcePage);
  expect(listed.resources.map(({ niceId }) => niceId)).toEqual(["web"]);
  expect(listed.resources[0]).toMatchObject({ ownerSite: left.niceId, source: "NEWT", governedBy: null });
  expect(listed.pagination).toEqual({ total: 2, limit: 2, offset: 1 });
  expect((await plane.api("GET", `${path}s?kind=shared`)).status).toBe(400);
});

test("what a site made goes with it; what the organisation made stays, without the targets at that site", async () => {
  const { plane, create, find, integration } = await started();
  const site = await TestSite.of(plane);
  await applied(await site.connect(), web([target(80)]));
  await create("public", "page", { ...page, targets: [target(80, { site: site.niceId })] });
  await integration.deleteSite(site.siteId);
  expect((await integration.listResources(org)).map(({ niceId }) => niceId)).toEqual(["page"]);
  expect(await find("public", "page")).toMatchObject({ sites: [], targets: [] });
});

test("a key of another organisation reaches none of them, whatever it names", async () => {
  const { plane, create, integration } = await started();
  await create("public", "page", page);
  await integration.createOrg({ orgId: "acme" });
  const { apiKey } = await integration.createApiKey("acme", { name: "acme" });
  const stranger = new IntegrationClient({ network: plane.client.network, endpoint: plane.origin, apiKey });
  await expect(stranger.findResource(org, "public", "page")).rejects.toMatchObject({ status: 403 });
  await expect(stranger.findResource("acme", "public", "page")).rejects.toMatchObject({ status: 404 });
  await expect(stranger.deleteResource("acme", "public", "page")).rejects.toMatchObject({ status: 404 });
  // One name means another thing in each organisation.
  await stranger.createResource("acme", { kind: "public", niceId: "page", document: page });
  expect(await integration.listResources(org)).toHaveLength(1);
});
