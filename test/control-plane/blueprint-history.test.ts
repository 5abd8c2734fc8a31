import type { SqliteDatabase } from "kysely";
import { expect, test } from "vitest";
import { applied, planeWith, TestSite, target, web } from "./newt-site.js";
import { MovableClock, org } from "./plane.js";

async function begun(clock?: MovableClock) {
  const { plane, database } = await planeWith(clock);
  const site = await TestSite.of(plane);
  return { plane, database, site, newt: await site.connect() };
}

test("what is the same as the last of its sender is counted in its row, with its time", async () => {
  const clock = new MovableClock();
  const { plane, newt } = await begun(clock);
  await applied(newt, web([target(80)]), false);
  const [first] = await plane.integration.listBlueprints(org);
  clock.move(3_600_000);
  await applied(newt, web([target(80)]), false);
  await applied(newt, web([target(80)]), false);
  const [item, ...others] = await plane.integration.listBlueprints(org);
  expect(others).toEqual([]);
  expect(item).toEqual({ ...first, applications: 3, lastAppliedAt: expect.any(Number) });
  expect((item?.lastAppliedAt ?? 0) - (item?.createdAt ?? 0)).toBeGreaterThanOrEqual(3_599);
});

test("another document, outcome, or word of `once` is a row of its own, and so is what comes again after it", async () => {
  const { plane, newt } = await begun();
  await plane.integration.createUser(org, { name: "ada" });
  const doc = (users: string[]) => ({
    "private-resources": { db: { name: "DB", mode: "host", destination: "10.0.0.9", users } },
  });
  await applied(newt, doc(["ada"]));
  await applied(newt, doc([]));
  await applied(newt, doc(["ada"]));
  await applied(newt, doc(["ada"]), false);
  await plane.integration.deleteUser(org, "ada");
  await applied(newt, doc(["ada"]), false);
  await applied(newt, doc(["ada"]), true);
  const items = await plane.integration.listBlueprints(org);
  expect(items.map(({ applications, once }) => [applications, once])).toEqual([
    [1, true],
    [1, false],
    [1, false],
    [1, false],
    [1, false],
    [1, false],
  ]);
  const details = await Promise.all(items.map(({ blueprintId }) => plane.integration.findBlueprint(org, blueprintId)));
  expect(details.map(({ warnings }) => warnings?.length)).toEqual([1, 1, 0, 0, 0, 0]);
});

test("a site's rows are not counted for another's, nor an organisation's for a site's", async () => {
  const { plane, newt } = await begun();
  const other = await (await TestSite.of(plane)).connect();
  for (const each of [newt, other, newt]) await applied(each, "{}");
  for (let times = 0; times < 2; times++) await plane.integration.applyBlueprint(org, {});
  expect(
    (await plane.integration.listBlueprints(org)).map(({ source, applications }) => [source, applications]),
  ).toEqual([
    ["API", 2],
    ["NEWT", 1],
    ["NEWT", 2],
  ]);
});

test.each([
  ["applied", true, (port: number) => web([target(port)])],
  ["refused", false, (port: number) => `{${port}`],
])("the last 50 of a site that were %s are kept", async (_, succeeded, document) => {
  const { plane, newt } = await begun();
  await applied(newt, succeeded ? "{" : "{}");
  for (let port = 1; port <= 60; port++) await applied(newt, document(port));
  const items = await plane.integration.listBlueprints(org);
  expect(items.filter((item) => item.succeeded === succeeded)).toHaveLength(50);
  expect(items.filter((item) => item.succeeded !== succeeded)).toHaveLength(1);
});

test("the last 1,000 of an organisation's own are kept, and what sites sent is none of them", async () => {
  const { plane, database, newt } = await begun();
  await applied(newt, "{}");
  fill(database, 1_005);
  await plane.integration.applyBlueprint(org, {});
  const items = await plane.integration.listBlueprints(org);
  expect(items.filter(({ source }) => source === "API")).toHaveLength(1_000);
  expect(items.filter(({ source }) => source === "NEWT")).toHaveLength(1);
});

test("of sites that are gone 1,000 applied ones are kept and what the last of them left, and none that failed", async () => {
  const { plane, database, newt } = await begun();
  await applied(newt, "{}");
  fill(database, 1_005, "NEWT");
  const gone = async () => (await plane.integration.listBlueprints(org)).filter(({ siteId }) => siteId === null);
  for (let sites = 0; sites < 3; sites++) {
    const site = await TestSite.of(plane);
    const other = await site.connect();
    for (const document of ["{}", "{", web([target(80 + sites)], {}, `web-${sites}`)]) await applied(other, document);
    await plane.api("DELETE", `/v1/site/${site.siteId}`);
    expect(await gone()).toHaveLength(1_002);
  }
  expect((await gone()).every(({ succeeded }) => succeeded)).toBe(true);
  expect(await plane.integration.listBlueprints(org)).toHaveLength(1_003);
});

/** Makes an organisation's history long. */
function fill(database: SqliteDatabase, rows: number, source = "API"): void {
  const insert = `insert into blueprint (org_id, name, source, contents, succeeded, parked, message, created_at)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
    select ?, 'old', ?, '{}', 1, 0, 'old', i from n`;
  database.prepare(insert).run([rows, org, source]);
}

test("no secret of a document is shown, in whatever shape it was kept", async () => {
  const { plane, newt } = await begun();
  const auth = { password: "open-sesame", pincode: 271828, "basic-auth": { user: "u", password: "open-sesame" } };
  await applied(newt, web([target(80)], { auth }));
  await applied(newt, JSON.stringify({ "public-resources": { web: { auth } } }));
  await applied(newt, `{"public-resources":{"web":{"auth":{"password":"open-sesame","pincode":271828}`);
  const items = await plane.integration.listBlueprints(org);
  expect(items).toHaveLength(3);
  for (const { blueprintId } of items) {
    const detail = JSON.stringify(await plane.integration.findBlueprint(org, blueprintId));
    expect(detail).not.toContain("open-sesame");
    expect(detail).not.toContain("271828");
  }
  const [, , first] = items;
  expect((await plane.integration.findBlueprint(org, first?.blueprintId ?? 0)).contents).toContain("********");
});

test("rows of older versions, damaged ones among them, break neither the list nor a detail", async () => {
  const { plane, database, newt } = await begun();
  await applied(newt, "{}");
  database.prepare("update blueprint set warnings = '{', contents = 'x'").run([]);
  const [item] = await plane.integration.listBlueprints(org);
  expect(await plane.integration.findBlueprint(org, item?.blueprintId ?? 0)).toMatchObject({
    warnings: [],
    contents: "# 1 characters that are not JSON\n",
  });
  expect((await applied(newt, "{}")).result).toMatchObject({ success: true });
});
