import { describe, expect, test } from "vitest";
import { applied, planeWith, TestSite, target, web } from "./newt-site.js";
import { org, Plane, verdict } from "./plane.js";

const refusal = "Failed to update database from config: ";

/** Two sites of one organisation whose newts are connected. */
async function neighbours() {
  const plane = await Plane.start();
  const [one, other] = [await TestSite.of(plane, { name: "SN1-edge" }), await TestSite.of(plane, { name: "SN2-edge" })];
  return { plane, one, other, newt: await one.connect(), otherNewt: await other.connect() };
}

function host(changes: object = {}) {
  return { "private-resources": { ssh: { name: "SSH", mode: "host", destination: "10.0.0.7", ...changes } } };
}

describe("a site that is named in a site's blueprint", () => {
  test.each([
    ["its niceId", (site: TestSite) => site.niceId],
    ["its name, which only it has", () => "SN1-edge"],
  ])("is found by %s, without a word", async (_, naming) => {
    const { plane, one, newt } = await neighbours();
    const site = naming(one);
    const document = { ...host({ site }), ...JSON.parse(web([target(80, { site })])) };
    expect((await applied(newt, document, false)).result).toEqual({
      success: true,
      message: "Config updated successfully",
      warnings: expect.not.arrayContaining([expect.stringMatching(/[Ss]ite/)]),
    });
    expect(await one.targets()).toMatchObject([{ port: 80 }]);
    const { document: kept, sites } = await plane.integration.findResource(org, "private", "ssh");
    expect([kept.sites, sites]).toEqual([[one.niceId], [one.niceId]]);
  });

  test("falls back to the site itself with a warning if there is none of that name", async () => {
    const { plane, one, newt } = await neighbours();
    const { result } = await applied(newt, host({ site: "SN1-site" }), true);
    expect(result).toMatchObject({
      success: true,
      warnings: ["Site not found: SN1-site: the site that the blueprint comes from was taken for it"],
    });
    const { document, sites } = await plane.integration.findResource(org, "private", "ssh");
    // What could not be found is not kept: an edit through the API later on is not refused for it.
    expect([document.sites, sites]).toEqual([[], [one.niceId]]);
    await plane.integration.updateResource(org, "private", "ssh", { name: "Shell" });
    expect((await plane.integration.findResource(org, "private", "ssh")).sites).toEqual([one.niceId]);
  });

  test("falls back with a warning if several have the name, none of which is meant more than another", async () => {
    const { plane, newt } = await neighbours();
    await TestSite.of(plane, { name: "SN2-edge" });
    expect((await applied(newt, host({ site: "SN2-edge" }), true)).result).toMatchObject({
      success: true,
      warnings: ["Several sites are named SN2-edge: the site that the blueprint comes from was taken for it"],
    });
  });

  test.each(["niceId", "name"])(
    "is refused if it is another one, named by its %s, whole (PROTOCOLS D3.31)",
    async (how) => {
      const { plane, one, other, newt } = await neighbours();
      const site = how === "niceId" ? other.niceId : "SN2-edge";
      for (const document of [host({ site }), host({ sites: [one.niceId, site] }), web([target(80, { site })])]) {
        expect((await applied(newt, document)).result).toEqual({
          success: false,
          message: `${refusal}Site ${site} is another site: a site's blueprint reaches nothing but that site`,
        });
      }
      expect(await plane.integration.listResources(org)).toEqual([]);
      expect(await other.targets()).toEqual([]);
    },
  );
});

test.each([
  ["put anew", web([target(81)])],
  ["given other targets", JSON.stringify({ "public-resources": { web: { targets: [target(81)] } } })],
  ["emptied", JSON.stringify({ "public-resources": { web: {} } })],
])("a resource of another site cannot be %s (PROTOCOLS D3.31)", async (_, blueprint) => {
  const { one, newt, otherNewt } = await neighbours();
  await applied(newt, web([target(80)]));
  expect((await applied(otherNewt, blueprint)).result).toEqual({
    success: false,
    message: `${refusal}the public resource web belongs to another site`,
  });
  expect(await one.targets()).toMatchObject([{ port: 80 }]);
});

test("a resource or policy of the organisation cannot be put by a site, and a shared policy can be named by it", async () => {
  const { plane, newt } = await neighbours();
  await plane.integration.applyBlueprint(org, { "public-policies": { staff: { name: "Staff" } } });
  expect((await applied(newt, { "public-policies": { staff: { name: "Everybody", sso: false } } })).result).toEqual({
    success: false,
    message: `${refusal}the policy staff belongs to the organisation`,
  });
  expect((await applied(newt, web([target(80)], { policy: "staff" }))).result).toMatchObject({ success: true });
});

test("a host name with half a character is refused: it would come back from the database as another each time", async () => {
  const { plane, newt } = await neighbours();
  expect((await applied(newt, web([target(80, { hostname: "web\ud800" })]))).result).toEqual({
    success: false,
    message: `${refusal}a target of the public resource web has no host name`,
  });
  expect(await plane.integration.listResources(org)).toEqual([]);
});

describe("a site that waits for approval", () => {
  async function waiting() {
    const plane = await Plane.start();
    const other = await TestSite.of(plane);
    const otherNewt = await other.connect();
    await applied(otherNewt, web([target(80)], {}, "theirs"));
    const site = await TestSite.of(plane, { approved: false });
    return { plane, other, otherNewt, site, newt: await site.connect() };
  }

  test("reaches nothing of another site, neither while it waits nor when it is let in (PROTOCOLS D3.31)", async () => {
    const { plane, other, otherNewt, site, newt } = await waiting();
    const before = await other.targets();
    expect((await applied(newt, web([target(666)], {}, "theirs"))).result).toMatchObject({ success: true });
    expect(await other.targets()).toEqual(before);
    await plane.integration.approveSite(site.siteId);
    await newt.hear("newt/wg/reconnect");
    expect(await other.targets()).toEqual(before);
    expect(otherNewt.heard).toEqual([]);
    expect((await plane.integration.listBlueprints(org))[0]).toMatchObject({
      succeeded: false,
      parked: false,
      message: "Blueprint applied with errors: the public resource theirs belongs to another site",
    });
  });

  test("creates nothing that is there before it is let in, switched on or not (PROTOCOLS D3.32)", async () => {
    const { plane, site, newt } = await waiting();
    const document = { ...host({ site: site.niceId }), ...JSON.parse(web([target(80)])) };
    await applied(newt, document);
    expect((await plane.integration.listResources(org)).map(({ niceId }) => niceId)).toEqual(["theirs"]);
    expect(await site.targets()).toEqual([]);
    expect(await plane.integration.listRoles(org)).toHaveLength(2);
  });

  test("is not given what the organisation has laid down for it before it is let in", async () => {
    const { plane, site, newt } = await waiting();
    await plane.integration.applyBlueprint(org, JSON.parse(web([target(80, { site: site.niceId })])));
    newt.say({ type: "newt/ping", data: {}, configVersion: 1 });
    await newt.hear("pong");
    expect(newt.heard).toEqual([]);
    await plane.integration.approveSite(site.siteId);
    await newt.hear("newt/wg/reconnect");
    newt.say({ type: "newt/ping", data: {}, configVersion: 1 });
    expect((await newt.hear("newt/sync")).data).toMatchObject({
      proxyTargets: { tcp: [expect.stringMatching(/:80$/)] },
    });
  });

  test("has what it sent applied in the order in which it came, each to its newt", async () => {
    const { plane, site, newt } = await waiting();
    for (const port of [81, 82]) await applied(newt, web([target(port)]));
    await applied(newt, web([target(90)], {}, "second"));
    await plane.integration.approveSite(site.siteId);
    await newt.hear("newt/wg/reconnect");
    expect((await site.targets()).map(({ port }) => port)).toEqual([82, 90]);
    expect((await site.shown())?.configVersion).toBe(4);
  });

  test("keeps 50 waiting; the same again is one of them, and what is invalid is said at once", async () => {
    const { plane, newt } = await waiting();
    for (let port = 1; port <= 50; port++) await applied(newt, web([target(port)]));
    expect((await applied(newt, web([target(7)]))).result).toMatchObject({ success: true });
    expect((await applied(newt, web([target(51)]))).result).toEqual({
      success: false,
      message: "Too many blueprints of this site wait until it is approved",
    });
    expect((await applied(newt, "{")).result).toMatchObject({ success: false });
    const parked = (await plane.integration.listBlueprints(org)).filter((item) => item.parked);
    expect(parked).toHaveLength(50);
  });

  test("keeps 2 MiB waiting: they are applied at one go when it is let in", async () => {
    const { plane, newt } = await waiting();
    const long = (name: string) => web([target(80)], { headers: [{ name: "X-Long", value: name.repeat(600_000) }] });
    for (const name of ["a", "b", "c"]) await applied(newt, long(name));
    expect((await applied(newt, long("d"))).result).toEqual({
      success: false,
      message: "Too many blueprints of this site wait until it is approved",
    });
    expect((await applied(newt, web([target(81)]))).result).toMatchObject({ success: true });
    expect((await plane.integration.listBlueprints(org)).filter((item) => item.parked)).toHaveLength(4);
  });

  test("has one provisioning blueprint waiting, which counts as the one of its life once it is applied", async () => {
    const { plane, site, newt } = await waiting();
    await applied(newt, web([target(80)]), true);
    expect((await applied(newt, web([target(81)]), true)).result).toMatchObject({ success: true });
    await plane.integration.approveSite(site.siteId);
    await newt.hear("newt/wg/reconnect");
    await applied(newt, web([target(82)]), true);
    expect((await site.targets()).map(({ port }) => port)).toEqual([80]);
  });
});

test("a site that is deleted while it waits takes what it has parked with it", async () => {
  const { plane, database } = await planeWith();
  const site = await TestSite.of(plane, { approved: false });
  await applied(await site.connect(), web([target(80)]));
  expect(verdict(await plane.api("POST", `/v1/site/${site.siteId}/reject`)).status).toBe(200);
  expect(database.prepare("select count(*) as rows from blueprint").all([])).toEqual([{ rows: 0 }]);
});
