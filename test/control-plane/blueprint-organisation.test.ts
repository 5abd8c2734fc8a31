import { describe, expect, test } from "vitest";
import { everything } from "./isolation.js";
import { applied, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, Plane, verdict } from "./plane.js";

const path = `/v1/org/${org}/blueprint`;
const plan = `${path}/plan`;
const refusal = "Failed to update database from config: ";

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

async function begun() {
  const { plane, database } = await planeWith();
  const [one, other] = [await TestSite.of(plane, { name: "one" }), await TestSite.of(plane, { name: "other" })];
  return { plane, database, one, other };
}

test("an organisation's blueprint reaches any of its sites, by niceId or name, and their newts are told", async () => {
  const { plane, one, other } = await begun();
  const [newt, otherNewt] = [await one.connect(), await other.connect()];
  const targets = [target(80, { site: one.niceId }), target(81, { site: "other" })];
  const answer = await plane.api("PUT", path, { blueprint: base64(web(targets)) });
  expect(JSON.parse(answer.body)).toEqual({
    data: null,
    success: true,
    error: false,
    message: "Blueprint applied successfully",
    status: 201,
  });
  await newt.hear("newt/tcp/add");
  await otherNewt.hear("newt/tcp/add");
  const [resource] = await plane.integration.listResources(org);
  expect(resource).toMatchObject({ ownerSite: null, source: "API", sites: [one.niceId, other.niceId].sort() });
  expect((await plane.integration.listBlueprints(org))[0]).toMatchObject({
    source: "API",
    succeeded: true,
    message: "Blueprint applied successfully",
    siteId: null,
  });
});

test("a target moves from one site to another, and each newt hears its part", async () => {
  const { plane, one, other } = await begun();
  const [newt, otherNewt] = [await one.connect(), await other.connect()];
  await plane.integration.applyBlueprint(org, JSON.parse(web([target(80, { site: "one" })])));
  await newt.hear("newt/tcp/add");
  await plane.integration.applyBlueprint(org, JSON.parse(web([target(80, { site: "other" })])));
  await newt.hear("newt/tcp/remove");
  await otherNewt.hear("newt/tcp/add");
  expect([await one.targets(), await other.targets()]).toMatchObject([[], [{ port: 80 }]]);
});

test("an internal port is one target's at each site, and the same at two sites is two", async () => {
  const { plane } = await begun();
  const at = (site: string) => target(80, { site, "internal-port": 1001 });
  await plane.integration.applyBlueprint(org, JSON.parse(web([at("one"), at("other")])));
  await expect(plane.integration.applyBlueprint(org, JSON.parse(web([at("one")], {}, "more")))).rejects.toThrow(
    `${refusal}the internal port 1001 of more is in use at this site`,
  );
  await expect(plane.integration.applyBlueprint(org, JSON.parse(web([at("one"), at("one")])))).rejects.toThrow(
    `${refusal}the internal port 1001 of web is in use at this site`,
  );
});

test.each([
  ["a target without a site", () => web([target(80)]), "Target site is required: target 0 of web"],
  ["a site that is not there", () => web([target(80, { site: "none" })]), "Site not found: none in org default"],
  [
    "a name that several sites have",
    () => web([target(80, { site: "twin" })]),
    "Several sites are named twin in org default",
  ],
  [
    "a private resource without a site",
    () => JSON.stringify({ "private-resources": { x: { name: "X", mode: "host", destination: "10.0.0.1" } } }),
    "No valid sites found for x",
  ],
])("%s is refused, and nothing is done", async (_, document, why) => {
  const { plane, database } = await begun();
  for (let twins = 0; twins < 2; twins++) await TestSite.of(plane, { name: "twin" });
  expect(verdict(await plane.api("PUT", path, { blueprint: base64(document()) }))).toEqual({
    status: 400,
    message: refusal + why,
  });
  expect(verdict(await plane.api("POST", plan, { blueprint: base64(document()) })).message).toBe(refusal + why);
  expect(database.prepare("select 1 from resource union all select 1 from target").all([])).toEqual([]);
  expect((await plane.integration.listBlueprints(org))[0]).toMatchObject({
    succeeded: false,
    message: `Blueprint applied with errors: ${why}`,
  });
});

test("what a site's blueprint made is edited without naming its site again", async () => {
  const { plane, one } = await begun();
  await applied(await one.connect(), web([target(80)]));
  await plane.integration.applyBlueprint(org, JSON.parse(web([target(81), target(82, { site: "other" })])));
  expect((await one.targets()).map(({ port }) => port)).toEqual([81]);
  expect(await plane.integration.listResources(org)).toMatchObject([{ ownerSite: one.niceId, source: "API" }]);
});

describe.each([
  ["PUT", path],
  ["POST", plan],
] as const)("%s %s", (method, url) => {
  test.each([
    ["an empty text (PROTOCOLS D3.38)", "", /Validation error/],
    ["what is not base64", "{}", /Validation error/],
    ["what is not JSON", base64("{"), /is not JSON/],
    ["what nests too deep", base64("[".repeat(200) + "]".repeat(200)), /too deeply/],
    ["a resource beyond 64 KiB", base64(web([], { "host-header": "x".repeat(1 << 16) })), /larger than 64 KiB/],
    ["a list", base64("[]"), /Validation error/],
    ["null", base64("null"), /Validation error/],
  ])("answers %s with 400", async (_, blueprint, why) => {
    const plane = await Plane.start();
    expect(verdict(await plane.api(method, url, { blueprint }))).toEqual({
      status: 400,
      message: expect.stringMatching(why),
    });
  });
});

test("keys need the scope: to read for a plan, to write for an application", async () => {
  const plane = await Plane.start();
  const { apiKey } = await plane.integration.createApiKey(org, { name: "reader", scopes: ["blueprints:read"] });
  const headers = { authorization: `Bearer ${apiKey}` };
  const body = { blueprint: base64("{}") };
  expect((await plane.send("PUT", path, body, headers)).status).toBe(403);
  expect((await plane.send("POST", plan, body, headers)).status).toBe(200);
});

describe("a plan", () => {
  test("tells what an application would do, masks secrets, and does nothing", async () => {
    const { plane, database, one } = await begun();
    await applied(await one.connect(), web([target(80)], { auth: { password: "open-sesame" } }), false);
    const before = everything(database);
    const document = {
      ...JSON.parse(web([target(81)], { auth: { password: "other-sesame", "sso-roles": ["Ops"] } })),
      "private-resources": { db: { name: "DB", mode: "host", destination: "10.0.0.9", site: "one", users: ["eve"] } },
    };
    const forecast = await plane.integration.planBlueprint(org, document);
    expect(everything(database)).toEqual(before);
    expect(JSON.stringify(forecast)).not.toContain("sesame");
    expect(forecast).toMatchObject({
      changes: [
        {
          action: "update",
          kind: "public",
          niceId: "web",
          governedBy: one.niceId,
          fields: expect.arrayContaining([
            { path: "targets[0].port", before: 80, after: 81 },
            { path: "auth.password", before: "********", after: "********" },
          ]),
        },
        { action: "create", kind: "private", niceId: "db", governedBy: null },
      ],
      roles: ["Ops"],
      warnings: expect.arrayContaining(["User not found: eve in org default"]),
    });
  });

  test("is empty once it was carried out, and says so again when something has gone astray", async () => {
    const { plane, database, other } = await begun();
    const document = JSON.parse(web([target(80, { site: "one" }), target(81, { site: "other" })]));
    expect((await plane.integration.planBlueprint(org, document)).changes).toHaveLength(1);
    await plane.integration.applyBlueprint(org, document);
    expect((await plane.integration.planBlueprint(org, document)).changes).toEqual([]);
    database.prepare("delete from target where site_id = ?").run([other.siteId]);
    expect((await plane.integration.planBlueprint(org, document)).changes).toMatchObject([
      { niceId: "web", fields: [] },
    ]);
    await plane.integration.applyBlueprint(org, document);
    expect((await other.targets()).map(({ port }) => port)).toEqual([81]);
  });
});

test("resources of other organisations are others, whatever they are called", async () => {
  const { plane } = await begun();
  await plane.integration.createOrg({ orgId: "acme" });
  const document = (name: string) => ({
    "public-resources": { web: { name, mode: "http", "full-domain": "web.example.com", targets: [] } },
  });
  await plane.integration.applyBlueprint(org, document("Ours"));
  await plane.integration.applyBlueprint("acme", document("Theirs"));
  const names = await Promise.all([org, "acme"].map((each) => plane.integration.listResources(each)));
  expect(names).toMatchObject([[{ name: "Ours" }], [{ name: "Theirs" }]]);
  const foreign = {
    "public-resources": {
      x: { name: "X", mode: "http", "full-domain": "x.example.com", targets: [target(1, { site: "one" })] },
    },
  };
  await expect(plane.integration.applyBlueprint("acme", foreign)).rejects.toThrow("Site not found: one in org acme");
});

test("an application that the disk refuses leaves nothing and sends nothing (PROTOCOLS D3.36)", async () => {
  const { plane, database, one } = await begun();
  const newt = await one.connect();
  await applied(newt, web([target(80)]));
  const before = everything(database);
  database.prepare("create trigger full_disk before insert on blueprint begin select raise(abort, 'no'); end").run([]);
  const { result } = await applied(newt, web([target(81)], {}, "more"));
  expect(result).toEqual({
    success: false,
    message: `${refusal}the server could not store it, send it again later`,
  });
  expect(newt.heard).toEqual([]);
  expect((await plane.api("PUT", path, { blueprint: base64(web([target(82, { site: "one" })])) })).status).toBe(500);
  expect(newt.heard).toEqual([]);
  database.prepare("drop trigger full_disk").run([]);
  expect(everything(database)).toEqual(before);
});
