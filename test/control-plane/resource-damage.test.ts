import { expect, test } from "vitest";
import { applied, beat, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, verdict } from "./plane.js";

const healthcheck = { hostname: "10.0.0.1", port: 80, method: "GET" };
const damages = ["{", "null", "{}", '{"hcEnabled":1}'];

async function begun(approved = true) {
  const { plane, database } = await planeWith();
  const site = await TestSite.of(plane, { approved });
  return { plane, database, integration: plane.integration, site };
}

test.each(damages)(
  "a check that is damaged (%s) is no check: all else goes on, and putting it anew heals it",
  async (text) => {
    const { plane, database, integration, site } = await begun();
    const newt = await site.connect();
    await applied(newt, web([target(80, { healthcheck })]));
    await beat(newt, 2);
    database.prepare("update target set health_check = ?").run([text]);
    expect((await applied(newt, web([target(81)], {}, "second"))).result).toMatchObject({ success: true });
    expect((await beat(newt, 77)).heard).toMatchObject([{ type: "newt/sync", data: { healthCheckTargets: [] } }]);
    expect(await site.targets()).toHaveLength(2);
    expect((await applied(newt, web([target(80, { healthcheck })]))).heard.map(({ type }) => type)).toEqual([
      "newt/healthcheck/add",
    ]);
    database.prepare("update target set health_check = ?").run([text]);
    await integration.deleteResource(org, "public", "web");
    expect(verdict(await plane.api("DELETE", `/v1/site/${site.siteId}`)).status).toBe(200);
  },
);

test("a damaged check at a site that waits keeps neither it nor others from being let in", async () => {
  const { plane, database, integration, site } = await begun(false);
  const second = await TestSite.of(plane, { approved: false });
  const document = web([target(80, { healthcheck, site: site.niceId })], {}, "laid");
  await integration.applyBlueprint(org, JSON.parse(document));
  database.prepare("update target set health_check = '{'").run([]);
  for (const [each, niceId] of [
    [site, "web"],
    [second, "other"],
  ] as const) {
    await applied(await each.connect(), web([target(81)], {}, niceId));
  }
  await integration.createApprovalRule(org, { name: "all", sourceCidrs: ["127.0.0.0/8"], maxSites: 10 });
  expect(await integration.listSites(org)).toMatchObject([{ status: "approved" }, { status: "approved" }]);
  expect((await integration.listResources(org)).map(({ niceId }) => niceId)).toEqual(["laid", "other", "web"]);
});

test.each(['{"name":5,"mode":{"a":1}}', "[1]", '"text"', "7", "null", "{", ""])(
  "a document that is damaged (%s) is listed and shown, edited into another, and deleted",
  async (text) => {
    const { database, integration, site } = await begun();
    await applied(await site.connect(), web([target(80)]));
    database.prepare("update resource set document = ?").run([text]);
    expect(await integration.listResources(org)).toMatchObject([{ name: "Unnamed Resource", mode: null }]);
    expect(await integration.findResource(org, "public", "web")).toMatchObject({
      niceId: "web",
      targets: [{ port: 80 }],
    });
    const edited = JSON.parse(web([target(81)]))["public-resources"].web;
    expect(await integration.updateResource(org, "public", "web", edited)).toMatchObject({ name: "Web" });
    database.prepare("update resource set document = ?").run([text]);
    await integration.deleteResource(org, "public", "web");
    expect(await site.targets()).toEqual([]);
  },
);
