import { describe, expect, test } from "vitest";
import { applied, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, type Plane } from "./plane.js";

type Newt = Awaited<ReturnType<TestSite["connect"]>>;

async function begun() {
  const { plane, database } = await planeWith();
  const site = await TestSite.of(plane);
  return { plane, database, site, newt: await site.connect() };
}

/** Who governs what, and what was edited since. */
async function governed(plane: Plane) {
  const resources = await plane.integration.listResources(org);
  return resources.map(({ niceId, governedBy, overwriteExpected }) => [niceId, governedBy, overwriteExpected]);
}

/** Types of what a newt heard up to now. */
async function heardBy(newt: Newt): Promise<string[]> {
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
  return newt.heard.splice(0).map(({ type }) => type);
}

const edits: readonly { how: string; edit: (plane: Plane) => Promise<unknown> }[] = [
  { how: "edited", edit: ({ integration }) => integration.updateResource(org, "public", "web", { name: "Mine" }) },
  {
    how: "put by the organisation's blueprint",
    edit: ({ integration }) => integration.applyBlueprint(org, JSON.parse(web([target(99)]))),
  },
];

describe.each(edits)("a governed resource that is $how", ({ edit }) => {
  test("is marked, its newt is asked for its file, and the file's next application undoes it", async () => {
    const { plane, site, newt } = await begun();
    await applied(newt, web([target(80)]), false);
    await edit(plane);
    expect(await governed(plane)).toEqual([["web", site.niceId, true]]);
    await newt.hear("firstboot/blueprint/request");
    await applied(newt, web([target(80)]), false);
    expect(await governed(plane)).toEqual([["web", site.niceId, false]]);
    expect(await plane.integration.findResource(org, "public", "web")).toMatchObject({
      name: "Web",
      source: "NEWT",
      targets: [{ port: 80 }],
    });
  });

  test("is marked though its newt is away", async () => {
    const { plane, site, newt } = await begun();
    await applied(newt, web([target(80)]), false);
    newt.channel.close();
    await newt.hearClose();
    await edit(plane);
    expect(await governed(plane)).toEqual([["web", site.niceId, true]]);
  });

  test("concerns no other newt", async () => {
    const { plane, newt } = await begun();
    const other = await (await TestSite.of(plane)).connect();
    await applied(other, web([target(80)], {}, "theirs"), false);
    await applied(newt, web([target(80)]), false);
    await edit(plane);
    expect(await heardBy(newt)).toContain("firstboot/blueprint/request");
    expect(await heardBy(other)).toEqual([]);
  });
});

test("a governed resource that is deleted is asked for again, and comes again", async () => {
  const { plane, site, newt } = await begun();
  await applied(newt, web([target(80)]), false);
  await plane.integration.deleteResource(org, "public", "web");
  await newt.hear("firstboot/blueprint/request");
  expect(await plane.integration.listResources(org)).toEqual([]);
  await applied(newt, web([target(80)]), false);
  expect(await governed(plane)).toEqual([["web", site.niceId, false]]);
});

test("an edit that changes nothing, or is refused, marks nothing and asks nobody", async () => {
  const { plane, site, newt } = await begun();
  await applied(newt, web([target(80)]), false);
  await plane.integration.updateResource(org, "public", "web", { name: "Web" });
  await plane.integration.applyBlueprint(org, JSON.parse(web([target(80)])));
  const refused = {
    ...JSON.parse(web([target(99)])),
    "private-resources": { x: { name: "X", mode: "host", destination: "10.0.0.1" } },
  };
  await expect(plane.integration.applyBlueprint(org, refused)).rejects.toThrow("No valid sites found for x");
  expect(await governed(plane)).toEqual([["web", site.niceId, false]]);
  expect(await heardBy(newt)).toEqual([]);
});

describe("who governs", () => {
  test("a provisioning blueprint does not: what it made is edited in peace, and it is not applied again", async () => {
    const { plane, newt } = await begun();
    await applied(newt, web([target(80)]), true);
    await plane.integration.updateResource(org, "public", "web", { name: "Mine" });
    expect(await governed(plane)).toEqual([["web", null, false]]);
    expect(await heardBy(newt)).toEqual([]);
    const { result } = await applied(newt, web([target(99)]), true);
    expect(result).toEqual({ success: true, message: "Config updated successfully", warnings: [] });
    expect(await plane.integration.findResource(org, "public", "web")).toMatchObject({
      name: "Mine",
      targets: [{ port: 80 }],
    });
  });

  test("a file that says so does from the first time on, and lets go of what it does not name any more", async () => {
    const { plane, site, newt } = await begun();
    const both = {
      "public-resources": {
        ...JSON.parse(web([], {}, "a"))["public-resources"],
        ...JSON.parse(web([], {}, "b"))["public-resources"],
      },
    };
    await applied(newt, both, false);
    expect(await governed(plane)).toEqual([
      ["a", site.niceId, false],
      ["b", site.niceId, false],
    ]);
    await plane.integration.updateResource(org, "public", "b", { name: "Mine" });
    await applied(newt, web([], {}, "a"), false);
    expect(await governed(plane)).toEqual([
      ["a", site.niceId, false],
      ["b", null, false],
    ]);
    expect(await plane.integration.findResource(org, "public", "b")).toMatchObject({ name: "Mine" });
  });

  test("a stock newt, which does not say, does from the second time on", async () => {
    const { plane, site, newt } = await begun();
    await applied(newt, web([target(80)]));
    expect(await governed(plane)).toEqual([["web", null, false]]);
    await applied(newt, web([target(80)]));
    expect(await governed(plane)).toEqual([["web", site.niceId, false]]);
  });

  test("nobody does any more when the site is gone: its resources are gone with it", async () => {
    const { plane, site, newt } = await begun();
    await applied(newt, web([target(80)]), false);
    await plane.api("DELETE", `/v1/site/${site.siteId}`);
    await newt.hear("newt/wg/terminate");
    expect(await plane.integration.listResources(org)).toEqual([]);
  });

  test("a file that was parked governs from its release on", async () => {
    const { plane } = await planeWith();
    const site = await TestSite.of(plane, { approved: false });
    const newt = await site.connect();
    await applied(newt, web([target(80)]), false);
    await plane.integration.approveSite(site.siteId);
    await newt.hear("newt/wg/reconnect");
    expect(await governed(plane)).toEqual([["web", site.niceId, false]]);
  });
});

test("a provisioning blueprint that fails is not done with: a better one is applied", async () => {
  const { site, newt } = await begun();
  expect((await applied(newt, web([target(80)], { policy: "none" }), true)).result).toMatchObject({ success: false });
  expect((await applied(newt, web([target(81)]), true)).result).toMatchObject({ success: true });
  expect((await applied(newt, web([target(82)]), true)).result).toMatchObject({ success: true });
  expect((await site.targets()).map(({ port }) => port)).toEqual([81]);
});

test("a target that the organisation has led through another site comes home with the file, and that site is told", async () => {
  const { plane, site, newt } = await begun();
  const other = await TestSite.of(plane);
  const otherNewt = await other.connect();
  await applied(newt, web([target(80)]), false);
  await plane.integration.updateResource(org, "public", "web", {
    targets: [target(80, { site: other.niceId }), target(81, { site: other.niceId })],
  });
  expect(await heardBy(otherNewt)).toEqual(["newt/tcp/add", "newt/healthcheck/add"]);
  expect(await heardBy(newt)).toEqual(["newt/tcp/remove", "firstboot/blueprint/request"]);
  await applied(newt, web([target(80)]), false);
  expect(await site.targets()).toMatchObject([{ port: 80 }]);
  // What is beyond the file's last target is another site's, which a newt does not reach (PROTOCOLS B12).
  expect(await other.targets()).toMatchObject([{ port: 81 }]);
  expect(await heardBy(otherNewt)).toEqual(["newt/tcp/remove"]);
});
