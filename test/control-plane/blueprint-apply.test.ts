import { expect, test } from "vitest";
import type { ResourceKind } from "../../src/protocol/integration/index.js";
import { applied, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, Plane } from "./plane.js";

const ok = { success: true, message: "Config updated successfully" };

function failure(why: RegExp) {
  const message = new RegExp(`^Failed to update database from config: (?:${why.source})$`);
  return { success: false, message: expect.stringMatching(message) };
}

/** A site whose newt is connected. */
async function site(plane: Plane, name?: string) {
  const made = await TestSite.of(plane, name === undefined ? {} : { name });
  return { site: made, newt: await made.connect() };
}

async function documentOf(plane: Plane, kind: ResourceKind, niceId: string) {
  return (await plane.integration.findResource(org, kind, niceId)).document;
}

test("policies come first, so that a resource shares one of the same document; all is there afterwards", async () => {
  const plane = await Plane.start();
  const { site: own, newt } = await site(plane);
  const { result } = await applied(newt, {
    "public-resources": {
      web: { name: "Web", mode: "http", "full-domain": "web.example.com", policy: "staff", targets: [target(80)] },
    },
    "private-resources": { db: { name: "DB", mode: "host", destination: "10.0.0.9" } },
    "public-policies": { staff: { name: "Staff" } },
  });
  expect(result).toEqual(ok);
  expect(await plane.integration.listResources(org)).toMatchObject([
    { kind: "policy", niceId: "staff", ownerSite: own.niceId },
    { kind: "private", niceId: "db", ownerSite: own.niceId, sites: [own.niceId] },
    { kind: "public", niceId: "web", ownerSite: own.niceId, sites: [own.niceId], source: "NEWT", governedBy: null },
  ]);
});

test("what is wrong with a document is told all at once, and nothing of it is done", async () => {
  const { plane, database } = await planeWith();
  const { newt } = await site(plane);
  const count = () => database.prepare("select count(*) as rows from resource").all([]);
  const { result } = await applied(newt, {
    "public-resources": {
      good: { name: "Good", mode: "http", "full-domain": "good.example.com", targets: [target(80)] },
      shared: { name: "Shared", mode: "http", "full-domain": "a.example.com", policy: "none", targets: [] },
      ai: { name: "AI", mode: "inference", "full-domain": "b.example.com", "ai-providers": [{ provider: "acme" }] },
    },
  });
  expect(result).toEqual(failure(/Shared policy not found: none; AI provider not found: acme/));
  expect(count()).toEqual([{ rows: 0 }]);
  expect(newt.heard).toEqual([]);
  expect(
    (await applied(newt, { "public-resources": { a: { name: "A" }, b: { mode: "tcp", name: "B" } } })).result,
  ).toEqual(failure(/Validation error: .* at "public-resources\.a\.mode"; .* at "public-resources\.b\.proxy-port"/));
  expect(count()).toEqual([{ rows: 0 }]);
});

test("a resource is replaced: what the document does not say any more is the default again", async () => {
  const plane = await Plane.start();
  const { newt } = await site(plane);
  await applied(
    newt,
    web([target(80)], { "host-header": "inside", enabled: false, headers: [{ name: "A", value: "b" }] }),
  );
  expect(await documentOf(plane, "public", "web")).toMatchObject({ "host-header": "inside", enabled: false });
  await applied(newt, web([target(80)]));
  const document = await documentOf(plane, "public", "web");
  expect(document).toMatchObject({ enabled: true, headers: [], ssl: true });
  expect(document).not.toHaveProperty("host-header");
});

test("resources that a document does not name stay as they are", async () => {
  const plane = await Plane.start();
  const { site: own, newt } = await site(plane);
  await applied(newt, web([target(80)], {}, "one"));
  await applied(newt, web([target(81)], {}, "two"));
  expect((await own.targets()).map(({ resourceNiceId, port }) => [resourceNiceId, port])).toEqual([
    ["one", 80],
    ["two", 81],
  ]);
});

test("an entry of targets alone changes the targets of what is there, and nothing else", async () => {
  const plane = await Plane.start();
  const { site: own, newt } = await site(plane);
  await applied(newt, web([target(80), target(81)], { "host-header": "inside" }));
  const { result } = await applied(newt, { "public-resources": { web: { targets: [target(90)] } } });
  expect(result).toEqual(ok);
  expect((await own.targets()).map(({ port }) => port)).toEqual([90]);
  expect(await documentOf(plane, "public", "web")).toMatchObject({
    name: "Web",
    "full-domain": "web.example.com",
    "host-header": "inside",
    targets: [{ port: 90 }],
  });
});

test("an entry of targets alone that is new makes a resource without name and mode", async () => {
  const plane = await Plane.start();
  const { site: own, newt } = await site(plane);
  expect((await applied(newt, { "public-resources": { bare: { targets: [target(80)] } } })).result).toEqual(ok);
  expect(await plane.integration.listResources(org)).toMatchObject([{ niceId: "bare", mode: null, enabled: true }]);
  expect((await own.targets()).map(({ port, enabled }) => [port, enabled])).toEqual([[80, true]]);
});

test("a null keeps the target of its place, in the document too", async () => {
  const plane = await Plane.start();
  const { site: own, newt } = await site(plane);
  await applied(newt, web([target(80), target(81)]));
  const before = await own.targets();
  await applied(newt, web([null, target(82)]));
  const after = await own.targets();
  expect(after.map(({ port }) => port)).toEqual([80, 82]);
  expect(after[0]).toEqual(before[0]);
  expect(await documentOf(plane, "public", "web")).toMatchObject({ targets: [{ port: 80 }, { port: 82 }] });
});

test("what has not changed is not written", async () => {
  const { plane, database } = await planeWith();
  const { newt } = await site(plane);
  const document = {
    ...JSON.parse(web([target(80)])),
    "private-resources": { db: { name: "DB", mode: "host", destination: "10.0.0.9", roles: ["Ops"] } },
  };
  await applied(newt, document, false);
  const tables = ["resource", "target", "resource_site", "role", "site"];
  const rows = () => tables.map((table) => database.prepare(`select * from ${table}`).all([]));
  const before = rows();
  const { result, heard } = await applied(newt, document, false);
  expect(result).toMatchObject(ok);
  expect(heard).toEqual([]);
  expect(rows()).toEqual(before);
});

test("a row that an older version has put is read, compared by what it means, and replaced when that changes", async () => {
  const { plane, database } = await planeWith();
  const { site: own, newt } = await site(plane);
  await applied(newt, web([target(80)]));
  const older = JSON.stringify({
    name: "Web",
    protocol: "http",
    targets: [{ port: 80, hostname: "10.0.0.1", method: "http" }],
    "full-domain": "web.example.com",
  });
  database.prepare("update resource set document = ?").run([older]);
  const plan = await plane.integration.planBlueprint(org, JSON.parse(web([target(80)])));
  expect(plan.changes).toEqual([]);
  await applied(newt, web([target(81)]));
  expect((await own.targets()).map(({ port }) => port)).toEqual([81]);
});

test("a damaged row neither breaks the application of others nor stays damaged when it is put anew", async () => {
  const { plane, database } = await planeWith();
  const { site: own, newt } = await site(plane);
  await applied(newt, web([target(80)]));
  database.prepare("update resource set document = '{'").run([]);
  expect((await applied(newt, web([target(81)], {}, "other"))).result).toEqual(ok);
  expect((await applied(newt, { "public-resources": { web: { targets: [null] } } })).result).toEqual(ok);
  expect((await applied(newt, web([target(82)]))).result).toEqual(ok);
  expect((await own.targets()).map(({ port }) => port).sort()).toEqual([81, 82]);
  expect(await documentOf(plane, "public", "web")).toMatchObject({ targets: [{ port: 82 }] });
});

test.each([
  [
    "a resource beyond 64 KiB",
    () => web([target(80)], { "host-header": "x".repeat(1 << 16) }),
    /the public resource web is larger than 64 KiB/,
  ],
  [
    "a name that the database would not give back",
    () => web([target(80)], { "full-domain": "half.example.com" }, "half\ud800"),
    /Validation error: "half\\ud800" is no niceId: it has half a character at "public-resources\["half\\ud800"\]"/,
  ],
])("%s is refused, and the newt's channel goes on", async (_, blueprint, why) => {
  const plane = await Plane.start();
  const { newt } = await site(plane);
  const { result } = await applied(newt, blueprint());
  expect(result).toEqual(failure(why));
  expect((await applied(newt, web([target(80)]))).result).toEqual(ok);
});

test("a site has 1,000 resources at most, and can change those that it has", async () => {
  const plane = await Plane.start();
  const { newt } = await site(plane);
  const many = (from: number, to: number) => ({
    "private-resources": Object.fromEntries(
      Array.from({ length: to - from }, (_, index) => [
        `r${from + index}`,
        { name: "R", mode: "host", destination: "10.0.0.1" },
      ]),
    ),
  });
  expect((await applied(newt, many(0, 1_000))).result).toEqual(ok);
  expect((await applied(newt, many(1_000, 1_001))).result).toEqual(failure(/a site has 1000 resources at most/));
  expect((await applied(newt, many(0, 1_000))).result).toEqual(ok);
});
