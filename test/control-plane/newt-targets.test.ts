import { expect, test } from "vitest";
import { applied, beat, TestSite, target, web } from "./newt-site.js";
import { Plane } from "./plane.js";

const ok = { success: true, message: "Config updated successfully" };

test("a resource's targets are told to its newt, before the result, and shown to people", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const check = {
    hostname: "10.0.0.1",
    port: 8080,
    method: "GET",
    status: 204,
    headers: [{ name: "Host", value: "a" }],
  };
  const { result, heard } = await applied(newt, web([target(8080, { healthcheck: check }), target(8081)]));
  expect(result).toEqual(ok);
  const [first, second] = await site.targets();
  expect([first, second]).toMatchObject([
    { resourceNiceId: "web", protocol: "tcp", host: "10.0.0.1", port: 8080, enabled: true, health: "unknown" },
    { resourceNiceId: "web", protocol: "tcp", host: "10.0.0.1", port: 8081, enabled: true, health: null },
  ]);
  for (const one of [first, second]) {
    expect(one?.internalPort).toBeGreaterThanOrEqual(40_000);
    expect(one?.internalPort).toBeLessThanOrEqual(65_534);
  }
  expect(heard).toEqual([
    {
      type: "newt/tcp/add",
      data: { targets: [`${first?.internalPort}:10.0.0.1:8080`, `${second?.internalPort}:10.0.0.1:8081`] },
      configVersion: 1,
    },
    {
      type: "newt/healthcheck/add",
      data: {
        targets: [
          {
            id: first?.targetId,
            hcEnabled: true,
            hcPath: "/",
            hcScheme: null,
            hcMode: "http",
            hcHostname: "10.0.0.1",
            hcPort: 8080,
            hcInterval: 30,
            hcUnhealthyInterval: 30,
            hcTimeout: 5,
            hcHeaders: { Host: "a" },
            hcFollowRedirects: true,
            hcMethod: "GET",
            hcTlsServerName: null,
            hcStatus: 204,
            hcHealthyThreshold: 1,
            hcUnhealthyThreshold: 1,
          },
        ],
      },
      configVersion: 2,
    },
  ]);
});

test("a blueprint that changes nothing tells nothing and raises no number", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  const before = await site.targets();
  expect(await applied(newt, web([target(80)]))).toEqual({ result: ok, heard: [] });
  expect(await site.targets()).toEqual(before);
  expect((await site.shown())?.configVersion).toBe(2);
});

test("targets go by position: a null keeps its place untouched, the rest is what the document says", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  await applied(newt, web([target(1), target(2), target(3)]));
  const [one, two, three] = await site.targets();
  const { heard } = await applied(newt, web([null, target(22)]));
  const [kept, moved, ...rest] = await site.targets();
  expect(kept).toEqual(one);
  expect(moved).toMatchObject({ targetId: two?.targetId, port: 22 });
  expect(moved?.internalPort).not.toBe(two?.internalPort);
  expect(rest).toEqual([]);
  expect(heard).toMatchObject([
    {
      type: "newt/tcp/remove",
      data: { targets: [`${two?.internalPort}:10.0.0.1:2`, `${three?.internalPort}:10.0.0.1:3`] },
    },
    { type: "newt/tcp/add", data: { targets: [`${moved?.internalPort}:10.0.0.1:22`] } },
    { type: "newt/healthcheck/add", data: { targets: [] } },
  ]);
});

test.each([
  ["a target", web([target(80, { enabled: false })])],
  ["a resource", web([target(80)], { enabled: false })],
])("%s that is switched off is taken from the newt, and given back as it was", async (_, off) => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const { heard } = await applied(newt, web([target(80)]));
  const [before] = await site.targets();
  expect((await applied(newt, off)).heard).toMatchObject([{ type: "newt/tcp/remove" }]);
  expect(await site.targets()).toEqual([{ ...before, enabled: false }]);
  expect((await applied(newt, web([target(80)]))).heard).toMatchObject([
    { type: "newt/tcp/add", data: heard[0]?.data },
    { type: "newt/healthcheck/add" },
  ]);
});

test("udp resources give udp targets, IPv6 hosts stand in brackets, and inference has none", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const place = { hostname: "fd00::7", port: 53, "internal-port": 5353 };
  const udp = { mode: "udp", "full-domain": undefined, "proxy-port": 53 };
  expect((await applied(newt, web([place], udp, "dns"))).heard).toMatchObject([
    { type: "newt/udp/add", data: { targets: ["5353:[fd00::7]:53"] } },
    { type: "newt/healthcheck/add" },
  ]);
  // A null target follows its resource from one protocol to the other, by another port.
  const { heard } = await applied(newt, web([null], { ...udp, mode: "tcp" }, "dns"));
  expect(heard).toMatchObject([
    { type: "newt/udp/remove", data: { targets: ["5353:[fd00::7]:53"] } },
    { type: "newt/tcp/add", data: { targets: [expect.stringMatching(/^[456]\d{4}:\[fd00::7\]:53$/)] } },
    { type: "newt/healthcheck/add" },
  ]);
  expect((await applied(newt, web([null], { mode: "inference" }, "dns"))).heard).toMatchObject([
    { type: "newt/tcp/remove" },
  ]);
});

test("internal ports can be named and exchanged, but not had twice", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const at = (port: number, internal: number) => target(port, { "internal-port": internal });
  await applied(newt, web([at(1, 1001), at(2, 1002)]));
  expect((await applied(newt, web([at(1, 1002), at(2, 1001)]))).result).toEqual(ok);
  expect(await site.targets()).toMatchObject([
    { port: 1, internalPort: 1002 },
    { port: 2, internalPort: 1001 },
  ]);
  const taken = (niceId: string) => ({
    success: false,
    message: `Failed to update database from config: the internal port 1001 of ${niceId} is in use at this site`,
  });
  expect(await applied(newt, web([at(3, 1001)], {}, "other"))).toEqual({ result: taken("other"), heard: [] });
  expect(await applied(newt, web([at(1, 1001), at(2, 1001)]))).toEqual({ result: taken("web"), heard: [] });
  const other = await TestSite.of(plane);
  const theirs = await other.connect();
  expect((await applied(theirs, web([at(3, 1001)], {}, "other"))).result).toEqual(ok);
});

test.each([
  ["without a method", { hostname: "a", port: 80 }],
  ["without a path", { hostname: "a", port: 80, method: "GET", path: "" }],
  ["without a host", { hostname: "", port: 80, method: "GET" }],
  ["without an interval", { hostname: "a", port: 80, method: "GET", interval: 0 }],
  ["that is switched off", { hostname: "a", port: 80, method: "GET", enabled: false }],
])("a health check %s is not told to the newt (PROTOCOLS A17)", async (_, healthcheck) => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const { heard } = await applied(newt, web([target(80, { healthcheck })]));
  expect(heard).toMatchObject([{ type: "newt/tcp/add" }, { type: "newt/healthcheck/add", data: { targets: [] } }]);
  expect(await site.targets()).toMatchObject([{ health: null }]);
});

test("a check by tcp needs neither path nor method, and aliases of its fields are heeded", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  const healthcheck = {
    hostname: "a",
    port: 80,
    mode: "tcp",
    path: "",
    unhealthyInterval: 7,
    "follow-redirects": false,
  };
  const { heard } = await applied(newt, web([target(80, { healthcheck })]));
  expect(heard[1]?.data).toMatchObject({
    targets: [{ hcMode: "tcp", hcUnhealthyInterval: 7, hcFollowRedirects: false, hcMethod: null }],
  });
  const followed = { ...healthcheck, followRedirects: true };
  expect((await applied(newt, web([target(80, { healthcheck: followed })]))).heard).toMatchObject([
    { type: "newt/healthcheck/add", data: { targets: [{ hcFollowRedirects: true }] } },
  ]);
  expect((await applied(newt, web([target(80)]))).heard).toMatchObject([{ type: "newt/healthcheck/remove" }]);
});

test("what a newt finds is kept for its own targets, and forgotten when the check changes", async () => {
  const plane = await Plane.start();
  const [site, other] = [await TestSite.of(plane), await TestSite.of(plane)];
  const [newt, theirs] = [await site.connect(), await other.connect()];
  const healthcheck = { hostname: "a", port: 80, method: "GET" };
  await applied(newt, web([target(80, { healthcheck }), target(81)]));
  await applied(theirs, web([target(80, { healthcheck })], {}, "theirs"));
  const [checked, unchecked] = await site.targets();
  const [foreign] = await other.targets();
  const report = (status: string) => ({
    type: "newt/healthcheck/status",
    data: {
      targets: Object.fromEntries(
        [checked, unchecked, foreign].map((one) => [
          String(one?.targetId),
          { status, lastCheck: "2026-11-22T06:03:40Z", checkCount: 1, lastError: "", config: {} },
        ]),
      ),
    },
  });
  newt.say(report("healthy"));
  await expect.poll(() => site.targets()).toMatchObject([{ health: "healthy" }, { health: null, healthAt: null }]);
  expect(await other.targets()).toEqual([foreign]);
  const [first] = await site.targets();
  newt.say(report("healthy"));
  await beat(newt);
  expect((await site.targets())[0]).toEqual(first);
  await applied(newt, web([target(80, { healthcheck: { ...healthcheck, port: 81 } })]));
  expect(await site.targets()).toMatchObject([{ health: "unknown", healthAt: null }]);
});

test("targets of another organisation's site are unknown, and those of a site that is deleted gone", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  await applied(await site.connect(), web([target(80)]));
  expect((await plane.api("GET", "/v1/site/999/targets")).status).toBe(404);
  await plane.integration.deleteSite(site.siteId);
  expect((await plane.api("GET", `/v1/site/${site.siteId}/targets`)).status).toBe(404);
});

test("resources of one name in two organisations have nothing to do with each other", async () => {
  const plane = await Plane.start();
  await plane.integration.createOrg({ orgId: "acme" });
  const { siteProvisioningKey } = await plane.integration.createKey("acme", { name: "acme", maxBatchSize: 1 });
  const theirs = await plane.newt(await plane.site(siteProvisioningKey));
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  const before = await site.targets();
  expect((await applied(theirs, web([target(81)]))).result).toEqual(ok);
  expect(await site.targets()).toEqual(before);
  expect(await beat(newt, 2)).toEqual({ number: 2, heard: [] });
  const [other] = await plane.integration.listSites("acme");
  expect(await plane.integration.listTargets(other?.siteId ?? 0)).toMatchObject([{ port: 81 }]);
});
