import { describe, expect, test } from "vitest";
import { applied, beat, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, type Plane, verdict } from "./plane.js";
import { heardBy, page, ssh } from "./resource-calls.js";

async function begun() {
  const { plane, database } = await planeWith();
  const [one, other] = [await TestSite.of(plane, { name: "one" }), await TestSite.of(plane, { name: "other" })];
  return { plane, database, integration: plane.integration, one, other };
}

describe("a site that gets another niceId", () => {
  test("is named so by all that leads to it, whose edits are taken and lead where they led", async () => {
    const { plane, integration, one, other } = await begun();
    await applied(await one.connect(), web([target(80, { site: one.niceId })], {}, "own"));
    await integration.createResource(org, {
      kind: "public",
      niceId: "page",
      document: { ...page, targets: [target(81, { site: one.niceId }), target(82, { site: other.niceId })] },
    });
    const sites = [other.niceId, one.niceId];
    await integration.createResource(org, { kind: "private", niceId: "ssh", document: { ...ssh, sites } });
    const before = await shownAll(plane);
    await renamed(plane, one, "front");
    // Who takes the old niceId gets nothing by it.
    await renamed(plane, other, one.niceId);
    const expected = JSON.stringify(before)
      .replaceAll(`"${one.niceId}"`, '"front"')
      .replaceAll(`"${other.niceId}"`, `"${one.niceId}"`);
    expect(inOrder(await shownAll(plane))).toEqual(inOrder(JSON.parse(expected)));
    for (const [kind, niceId] of [
      ["public", "own"],
      ["public", "page"],
      ["private", "ssh"],
    ] as const) {
      await integration.updateResource(org, kind, niceId, { enabled: false });
    }
    expect((await one.targets()).map(({ port }) => port)).toEqual([80, 81]);
    expect((await other.targets()).map(({ port }) => port)).toEqual([82]);
  });

  test("leaves damaged documents as they are, and gets it", async () => {
    const { plane, database, integration, one } = await begun();
    const sites = [one.niceId];
    await integration.createResource(org, { kind: "private", niceId: "ssh", document: { ...ssh, sites } });
    database.prepare("update resource set document = ?").run([`{"${one.niceId}"`]);
    await renamed(plane, one, "front");
    expect(await integration.listResources(org)).toMatchObject([{ niceId: "ssh", sites: ["front"] }]);
  });
});

async function renamed(plane: Plane, { siteId }: TestSite, niceId: string): Promise<void> {
  expect(verdict(await plane.api("POST", `/v1/site/${siteId}`, { niceId })).status).toBe(200);
}

/** `sites` has the order of niceIds. */
function inOrder(shown: Awaited<ReturnType<typeof shownAll>>) {
  return shown.map((resource) => ({ ...resource, sites: resource.sites.toSorted() }));
}

async function shownAll({ integration }: Plane) {
  const all = await integration.listResources(org);
  const details = await Promise.all(all.map(({ kind, niceId }) => integration.findResource(org, kind, niceId)));
  return details.map(({ document, sites, ownerSite, targets }) => ({ document, sites, ownerSite, targets }));
}

describe("when a site goes, and what it owns with it, the newts of other sites drop the targets of that", () => {
  const removals: readonly { how: string; remove: (plane: Plane, site: TestSite) => Promise<unknown> }[] = [
    { how: "deleted", remove: (plane, { siteId }) => plane.api("DELETE", `/v1/site/${siteId}`) },
    {
      how: "deleted with its key",
      remove: async (plane, { siteId }) => {
        const { siteProvisioningKeyId } = await plane.integration.findSite(siteId);
        await plane.integration.deleteKey(org, siteProvisioningKeyId ?? "", { sites: "delete" });
      },
    },
  ];

  test.each(removals)("$how", async ({ remove }) => {
    const { plane, integration, one, other } = await begun();
    const newt = await one.connect();
    const otherNewt = await other.connect();
    await applied(newt, web([target(80)]));
    await integration.updateResource(org, "public", "web", {
      targets: [target(80), target(81, { site: other.niceId })],
    });
    expect((await heardBy(otherNewt)).map(({ type }) => type)).toEqual(["newt/tcp/add", "newt/healthcheck/add"]);
    await remove(plane, one);
    expect(await other.targets()).toEqual([]);
    expect((await heardBy(otherNewt)).map(({ type }) => type)).toEqual(["newt/tcp/remove"]);
    otherNewt.channel.close();
    await otherNewt.hearClose();
    const back = await other.connect();
    // One that was away when it happened would hear of it by the number.
    expect((await beat(back, 2)).heard.map(({ type }) => type)).toEqual(["newt/sync"]);
  });
});

test("what the organisation puts over a site's resource stays the site's: its targets, its own blueprint, its end", async () => {
  const { plane, integration, one, other } = await begun();
  const newt = await one.connect();
  await applied(newt, web([target(80)]));
  await integration.applyBlueprint(org, JSON.parse(web([target(81)], { name: "Ours" })));
  expect(await integration.findResource(org, "public", "web")).toMatchObject({
    ownerSite: one.niceId,
    source: "API",
    name: "Ours",
    targets: [{ port: 81, site: one.niceId }],
  });
  const theirs = await other.connect();
  expect((await applied(theirs, web([target(82)]))).result).toMatchObject({ success: false });
  expect((await applied(newt, web([target(83)]))).result).toMatchObject({ success: true });
  expect(await integration.findResource(org, "public", "web")).toMatchObject({ name: "Web", targets: [{ port: 83 }] });
  expect(verdict(await plane.api("DELETE", `/v1/site/${one.siteId}`)).status).toBe(200);
  expect(await integration.listResources(org)).toEqual([]);
});
