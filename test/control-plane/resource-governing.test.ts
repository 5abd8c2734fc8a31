import { describe, expect, test } from "vitest";
import type { NewtMessage } from "../../src/protocol/newt/index.js";
import { beat, TestSite, target, web } from "./newt-site.js";
import { org, type Talk } from "./plane.js";
import { heardBy, page, started } from "./resource-calls.js";

/** Has a newt of ours send its governing file, or its provisioning blueprint. */
async function sent(newt: Talk<NewtMessage>, blueprint: string, once = false): Promise<NewtMessage[]> {
  newt.say({ type: "newt/blueprint/apply", data: { blueprint, once } });
  expect((await newt.hear("newt/blueprint/results")).data).toMatchObject({ success: true });
  return newt.heard.splice(0);
}

const nudge = { type: "firstboot/blueprint/request", data: {}, configVersion: expect.any(Number) };

describe("what a site's blueprint file governs", () => {
  const file = web([target(80)]);

  test("is edited with a mark, its newt is asked for the file, and the file undoes the edit and the mark", async () => {
    const { plane, edit, find, integration } = await started();
    const site = await TestSite.of(plane);
    const newt = await site.connect();
    await sent(newt, file);
    const before = await find("public", "web");
    expect(before).toMatchObject({ ownerSite: site.niceId, governedBy: site.niceId, overwriteExpected: false });

    // What is as it was is no edit.
    await edit("public", "web", { name: "Web" });
    expect(await heardBy(newt)).toEqual([]);
    const edited = await edit("public", "web", { targets: [target(81)], ssl: false });
    expect(edited).toMatchObject({ governedBy: site.niceId, overwriteExpected: true, source: "API" });
    expect((await integration.listResources(org))[0]).toMatchObject({ overwriteExpected: true });
    const heard = await heardBy(newt);
    expect(heard.map(({ type }) => type)).toEqual([
      "newt/tcp/remove",
      "newt/tcp/add",
      "newt/healthcheck/add",
      nudge.type,
    ]);
    expect(heard.at(-1)).toEqual(nudge);

    expect((await sent(newt, file)).map(({ type }) => type)).toContain("newt/tcp/add");
    expect(await find("public", "web")).toMatchObject({
      document: before.document,
      overwriteExpected: false,
      source: "NEWT",
      targets: [{ port: 80 }],
    });
  });

  test("is deleted, and made again by the file", async () => {
    const { plane, find, integration } = await started();
    const site = await TestSite.of(plane);
    const newt = await site.connect();
    await sent(newt, file);
    await integration.deleteResource(org, "public", "web");
    expect((await heardBy(newt)).map(({ type }) => type)).toEqual(["newt/tcp/remove", nudge.type]);
    expect(await integration.listResources(org)).toEqual([]);
    await sent(newt, file);
    expect(await find("public", "web")).toMatchObject({ governedBy: site.niceId, overwriteExpected: false });
  });

  test("is what a provisioning blueprint does not: edits of that stay, unmarked, and nobody is asked", async () => {
    const { plane, edit, find } = await started();
    const site = await TestSite.of(plane);
    const newt = await site.connect();
    await sent(newt, file, true);
    expect(await find("public", "web")).toMatchObject({ ownerSite: site.niceId, governedBy: null });
    // A target without a site goes to the site that the resource belongs to.
    expect(await edit("public", "web", { targets: [target(81)] })).toMatchObject({
      ownerSite: site.niceId,
      overwriteExpected: false,
      targets: [{ site: site.niceId, port: 81 }],
    });
    expect((await heardBy(newt)).map(({ type }) => type)).not.toContain(nudge.type);
    await sent(newt, file, true);
    expect(await find("public", "web")).toMatchObject({ targets: [{ port: 81 }] });
  });

  test("stays marked while its newt is away", async () => {
    const { plane, edit, find } = await started();
    const site = await TestSite.of(plane);
    const newt = await site.connect();
    await sent(newt, file);
    newt.channel.close();
    await newt.hearClose();
    await edit("public", "web", { ssl: false });
    expect(await find("public", "web")).toMatchObject({ overwriteExpected: true });
    await sent(await site.connect(), file);
    expect(await find("public", "web")).toMatchObject({ overwriteExpected: false, document: { ssl: true } });
  });
});

test("the newt of a pending site is told nothing of what is made for it until it is let in", async () => {
  const { plane, create, edit, integration } = await started();
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  const made = await create("public", "page", { ...page, targets: [target(80, { site: site.niceId })] });
  await edit("public", "page", { targets: [target(81, { site: site.niceId })] });
  expect(made.targets).toMatchObject([{ site: site.niceId, port: 80 }]);
  expect((await integration.listResources(org, { site: site.niceId })).map(({ niceId }) => niceId)).toEqual(["page"]);
  expect((await beat(newt, 1)).heard).toEqual([]);
  expect(await site.targets()).toMatchObject([{ port: 81 }]);
  await integration.approveSite(site.siteId);
  await newt.hear("newt/wg/reconnect");
  const { heard } = await beat(newt, 1);
  expect(heard).toMatchObject([
    { type: "newt/sync", data: { proxyTargets: { tcp: [expect.stringMatching(/:10\.0\.0\.1:81$/)] } } },
  ]);
});
