import { expect, test } from "vitest";
import { z } from "zod";
import { openSqlite } from "../../src/control-plane/index.js";
import { SiteCreated, SiteDetail, SiteItem, SitePage } from "../../src/protocol/integration/schema.js";
import { channelUrl, newtPaths } from "../../src/protocol/newt/index.js";
import { dataOf, nonce, org, Plane, verdict } from "./plane.js";

const sites = `/v1/org/${org}/site`;

async function made(plane: Plane, body: object = { name: "shop" }) {
  return dataOf(await plane.api("PUT", sites, body), SiteCreated);
}

async function labelled(plane: Plane, name: string, labels: readonly string[]) {
  const answer = await plane.api("PUT", `/v1/org/${org}/site-provisioning-key`, { name, maxBatchSize: null, labels });
  const { siteProvisioningKey } = dataOf(answer, z.object({ siteProvisioningKey: z.string() }));
  await plane.site(siteProvisioningKey, name);
}

test("a site made beforehand is approved, and its credentials let it in", async () => {
  const plane = await Plane.start();
  const site = await made(plane);
  expect(site).toMatchObject({ name: "shop", status: "approved", online: false, siteProvisioningKeyId: null });
  expect(site.secret).toMatch(/^[a-z2-7]{40}$/);
  await plane.newt(site);
  const shown = await plane.api("GET", `/v1/site/${site.siteId}`);
  expect(JSON.parse(shown.body)).toMatchObject({ data: { newtId: site.newtId, online: true } });
  expect(shown.body).not.toContain(site.secret);
});

test("a site may bring its own credentials, once", async () => {
  const plane = await Plane.start();
  const own = { name: "shop", newtId: "abcdefghijklmno", secret: "s".repeat(40) };
  expect(await made(plane, own)).toMatchObject(own);
  expect(verdict(await plane.api("PUT", sites, own))).toEqual({
    status: 409,
    message: "A newt with this ID exists already",
  });
  await plane.newt(own);
  expect(await plane.integration.listSites(org)).toHaveLength(1);
});

test("sites made beforehand and sites that come by a key share one limit", async () => {
  const plane = await Plane.start();
  await plane.api("POST", `/v1/org/${org}`, { maxSites: 2 });
  const key = await plane.key();
  await plane.site(key);
  const second = await made(plane);
  expect(verdict(await plane.api("PUT", sites, { name: "third" }))).toEqual({
    status: 403,
    message: "Site limit exceeded",
  });
  expect((await plane.register(key)).status).toBe(403);
  await plane.api("DELETE", `/v1/site/${second.siteId}`);
  await made(plane, { name: "third" });
  expect(await plane.integration.listSites(org)).toHaveLength(2);
});

test("a re-key ends the old secret, its tokens and its channel, and the new one is let in", async () => {
  const plane = await Plane.start();
  const site = await made(plane);
  const [token, newt] = [await plane.token(site), await plane.newt(site)];
  const answer = await plane.api("POST", `/v1/site/${site.siteId}/rekey`, {});
  const credentials = dataOf(answer, z.object({ newtId: z.string(), secret: z.string() }));
  expect(await newt.hearClose()).toBe(1000);
  expect(verdict(await plane.send("POST", newtPaths.getToken, { newtId: site.newtId, secret: site.secret }))).toEqual({
    status: 400,
    message: "Secret is incorrect",
  });
  const stale = plane.client.network.connect(channelUrl(plane.origin, token), { timeoutMs: 5_000 });
  await expect(stale).rejects.toMatchObject({ status: 401 });
  expect(credentials.newtId).toBe(site.newtId);
  await plane.newt(credentials);
});

test("a re-key may leave the channel open", async () => {
  const plane = await Plane.start();
  const site = await made(plane);
  const newt = await plane.newt(site);
  await plane.api("POST", `/v1/site/${site.siteId}/rekey`, { disconnect: false });
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
});

test("an answer that may be asked for again is not given after a re-key", async () => {
  const plane = await Plane.start();
  const [key, same] = [await plane.key(2), nonce(plane)];
  const first = await plane.register(key, { nonce: same });
  const [site] = await plane.integration.listSites(org);
  await plane.api("POST", `/v1/site/${site?.siteId}/rekey`, {});
  const second = await plane.register(key, { nonce: same });
  expect(second.status).toBe(201);
  expect(second.body).not.toBe(first.body);
  expect(await plane.integration.listSites(org)).toHaveLength(2);
});

test("a site is renamed, but not to another's niceId", async () => {
  const plane = await Plane.start();
  const [one, two] = [await made(plane), await made(plane)];
  const renamed = await plane.api("POST", `/v1/site/${one.siteId}`, { name: "Front", niceId: "front-door" });
  expect(dataOf(renamed, SiteItem)).toMatchObject({ siteId: one.siteId, name: "Front", niceId: "front-door" });
  expect((await plane.api("POST", `/v1/site/${two.siteId}`, { niceId: "front-door" })).status).toBe(409);
  expect((await plane.api("POST", `/v1/site/${one.siteId}`, { niceId: "front-door" })).status).toBe(200);
  expect((await plane.api("GET", `${sites}/front-door`)).status).toBe(200);
  expect((await plane.api("POST", `/v1/site/${two.siteId}`, { niceId: "No Spaces" })).status).toBe(400);
  expect((await plane.api("POST", `/v1/site/${two.siteId}`, {})).status).toBe(400);
});

test("sites carry their key's labels and are found by all of them", async () => {
  const plane = await Plane.start();
  await labelled(plane, "north", ["berlin", "retail"]);
  await labelled(plane, "south", ["retail", "wien", 'quo"ted']);
  await made(plane);
  const names = async (labels: string) => (await plane.integration.listSites(org, { labels })).map(({ name }) => name);
  expect(await names("retail")).toEqual(["north", "south"]);
  expect(await names("retail,wien")).toEqual(["south"]);
  expect(await names("ret")).toEqual([]);
  expect(await names('quo"ted')).toEqual(["south"]);
  expect(await names("ted")).toEqual([]);
  const [north, , plain] = await plane.integration.listSites(org);
  expect(north?.labels).toEqual(["berlin", "retail"]);
  expect(plain).not.toHaveProperty("labels");
});

test("a site shows where it came from and was last heard from, and what Pangolin's clients look for", async () => {
  const plane = await Plane.start();
  const credentials = await plane.site(await plane.key(), "gate");
  const [came] = await plane.integration.listSites(org);
  expect(came).toMatchObject({
    sourceAddress: "127.0.0.1",
    lastAddress: null,
    approvalRuleId: null,
    configVersion: 1,
    configSeen: null,
    orgName: org,
    newtUpdateAvailable: false,
    pubKey: null,
    subnet: null,
    megabytesIn: 0,
    megabytesOut: 0,
    exitNodeId: null,
    exitNodeName: null,
    exitNodeEndpoint: null,
    remoteExitNodeId: null,
    resourceCount: 0,
  });
  const newt = await plane.newt(credentials);
  const web = { name: "web", protocol: "http", "full-domain": "web.example.com" };
  newt.say({
    type: "newt/blueprint/apply",
    data: {
      blueprint: JSON.stringify({ "public-resources": { web, shop: { ...web, "full-domain": "b.example.com" } } }),
    },
  });
  expect((await newt.hear("newt/blueprint/results")).data).toMatchObject({ success: true });
  const one = await plane.api("GET", `${sites}/${came?.niceId}`);
  expect(dataOf(one, SiteDetail)).toMatchObject({ resourceCount: 2, countryCode: null, lastAddress: "127.0.0.1" });
  newt.channel.close();
  await expect.poll(async () => (await plane.integration.listSites(org))[0]?.online).toBe(false);
  expect((await plane.integration.listSites(org))[0]).toMatchObject({ lastAddress: "127.0.0.1", configSeen: null });
  await plane.api("POST", `/v1/org/${org}`, { name: "Acme Ltd" });
  expect((await plane.integration.listSites(org))[0]).toMatchObject({ orgName: "Acme Ltd" });
});

test("sites are listed by age or name, either way, and a wish that makes no sense falls back", async () => {
  const plane = await Plane.start();
  for (const name of ["beta", "Alpha", "gamma", "alpha"]) await made(plane, { name });
  const names = async (query: string) => {
    const answer = await plane.api("GET", `${sites}s?${query}`);
    return dataOf(answer, SitePage).sites.map(({ name }) => name);
  };
  const byAge = ["beta", "Alpha", "gamma", "alpha"];
  expect(await names("")).toEqual(byAge);
  expect(await names("order=desc")).toEqual(byAge.toReversed());
  expect(await names("sort_by=name")).toEqual(["Alpha", "alpha", "beta", "gamma"]);
  expect(await names("sort_by=name&order=desc")).toEqual(["gamma", "beta", "Alpha", "alpha"]);
  expect(await names("sort_by=name&pageSize=2&page=2")).toEqual(["beta", "gamma"]);
  for (const query of ["sort_by=megabytesIn&order=desc", "sort_by=megabytesOut", "sort_by=secret", "order=up"]) {
    expect(await names(query)).toEqual(byAge);
  }
  expect((await plane.api("GET", `${sites}s?sortBy=name`)).status).toBe(400);
});

test("those who are online are told from those who are not, whatever else is asked", async () => {
  const plane = await Plane.start();
  const [field, wait] = [await plane.key(), await plane.key(null, false)];
  await plane.newt(await plane.site(field, "here"));
  await plane.newt(await plane.site(wait, "here and waits"));
  await plane.site(field, "away");
  const names = async (filter: object) =>
    (await plane.integration.listSites(org, filter)).map(({ name, online }) => [name, online]);
  expect(await names({ online: true })).toEqual([
    ["here", true],
    ["here and waits", true],
  ]);
  expect(await names({ online: true, status: "pending" })).toEqual([["here and waits", true]]);
  expect(await names({ online: false })).toEqual([["away", false]]);
  expect(await names({ online: true, query: "away" })).toEqual([]);
});

test("a site counts the organisation's resources that lead to it, each once", async () => {
  const plane = await Plane.start();
  const { niceId: site } = await plane.integration.createSite(org, { name: "front" });
  const target = { hostname: "10.0.0.1", port: 80, method: "http", site };
  await plane.integration.applyBlueprint(org, {
    "public-resources": {
      web: { name: "Web", mode: "http", "full-domain": "web.example.com", targets: [target, target] },
    },
    "private-resources": { lan: { name: "Lan", mode: "cidr", destination: "10.0.0.0/24", site } },
  });
  expect((await plane.integration.listSites(org))[0]).toMatchObject({ niceId: site, resourceCount: 2 });
});

test("a page of 1 000 of 10 000 sites with resources comes soon, however it is sorted", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  database.prepare("begin").run([]);
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
       insert into site (org_id, nice_id, name, status, created_at)
       select '${org}', 'site-' || i, 'Site ' || (i * 7919 % 10007), 'approved', i from n`,
    )
    .run([]);
  database.prepare("insert into newt select 'newt' || id, id, '' from site").run([]);
  database
    .prepare(
      `insert into resource (org_id, kind, nice_id, site_id, source, document, updated_at)
       select '${org}', 'public', 'web-' || site.id || '-' || value, site.id, 'NEWT', '{}', 0
       from site, json_each('[1,2,3]')`,
    )
    .run([]);
  database.prepare("commit").run([]);
  for (const query of ["pageSize=1000&page=5", "pageSize=1000&sort_by=name&order=desc", "pageSize=1000&online=false"]) {
    await plane.api("GET", `${sites}s?${query}`);
    const started = performance.now();
    const page = dataOf(await plane.api("GET", `${sites}s?${query}`), SitePage);
    // Far above what it takes, far below what a look at each site would.
    expect(performance.now() - started, query).toBeLessThan(500);
    expect(page.pagination.total).toBe(10_000);
    expect(page.sites.map(({ resourceCount }) => resourceCount)).toEqual(Array.from({ length: 1_000 }, () => 3));
  }
});

test("a page of 100 000 sites takes no time, whichever it is", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  const count = 100_000;
  database.prepare("begin").run([]);
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into site (org_id, nice_id, name, status, created_at)
       select '${org}', 'site-' || (i * 7919 % 100003), 'Site ' || i, iif(i % 1000, 'approved', 'pending'), i from n`,
    )
    .run([]);
  database.prepare("insert into newt select 'newt' || id, id, '' from site").run([]);
  database.prepare("commit").run([]);
  const page = async (query: string) => {
    const path = `${sites}s?${query}`;
    await plane.api("GET", path);
    const started = performance.now();
    const found = dataOf(await plane.api("GET", path), SitePage);
    return {
      names: found.sites.map(({ name }) => name),
      total: found.pagination.total,
      ms: performance.now() - started,
    };
  };
  const first = await page("pageSize=2");
  expect(first).toMatchObject({ names: ["Site 1", "Site 2"], total: count });
  const last = await page(`pageSize=2&page=${count / 2}`);
  expect(last).toMatchObject({ names: ["Site 99999", "Site 100000"], total: count });
  const pending = await page("pageSize=2&page=50&status=pending");
  expect(pending).toMatchObject({ names: ["Site 99000", "Site 100000"], total: count / 1_000 });
  // Far above what they take, far below what a look at every site would.
  for (const { ms } of [first, last, pending]) expect(ms).toBeLessThan(100);
  const plans = database
    .prepare(`explain query plan select id from site where org_id = ? and status = 'pending' order by id limit 20`)
    .all([org]);
  expect(JSON.stringify(plans)).toContain("site_pending");
  expect(JSON.stringify(plans)).not.toContain("TEMP B-TREE");
});
