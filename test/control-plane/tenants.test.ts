import type { SqliteDatabase } from "kysely";
import { expect, test } from "vitest";
import { endpoints } from "../../src/control-plane/http/app.js";
import type { Endpoint } from "../../src/control-plane/http/endpoint.js";
import { openSqlite } from "../../src/control-plane/index.js";
import { type Frame, frameTypes } from "../../src/protocol/edgeflow/frame.js";
import { fromNewt, fromServer, type NewtMessage } from "../../src/protocol/newt/index.js";
import { type DeviceCredentials, DeviceId } from "../../src/provisioning/credentials.js";
import { ownShadow, succeed } from "./edgeflow-devices.js";
import { call, scopeOf } from "./endpoint-calls.js";
import { aimed, everything, type Tenant, tenant } from "./isolation.js";
import { applied, beat, target, web } from "./newt-site.js";
import { Plane, type Talk } from "./plane.js";

/** An organisation whose site, a pending site of which and whose device are all connected. */
interface Party extends Tenant {
  readonly siteId: number;
  readonly newtId: string;
  readonly targetId: number;
  readonly device: DeviceCredentials;
  readonly newt: Talk<NewtMessage>;
  readonly pending: Talk<NewtMessage>;
  readonly tunnel: Talk<Frame>;
  /** What its sites go by in a path. */
  readonly siteNames: readonly string[];
}

const check = { hostname: "10.0.0.1", port: 80, path: "/", method: "GET", enabled: true };

async function party(plane: Plane, org: string): Promise<Party> {
  const filled = await tenant(plane, org);
  const { integration } = plane;
  const site = await integration.createSite(org, { name: `${org} site` });
  const newt = await plane.newt(site);
  await applied(newt, web([target(80, { healthcheck: check })], { "full-domain": `${org}.example.com` }));
  await beat(newt, 2);
  const [{ targetId = 0 } = {}] = await integration.listTargets(site.siteId);
  const key = await integration.createKey(org, { name: `${org} doubts`, maxBatchSize: null, approveNewSites: false });
  const pending = await plane.newt(await plane.site(key.siteProvisioningKey, `${org} waits`));
  await beat(pending);
  const waiting = (await integration.listSites(org)).find(({ status }) => status === "pending");
  const made = await integration.createDevice(org);
  const device = { deviceId: DeviceId.parse(made.device_id), apiKey: made.api_key };
  const tunnel = await plane.connected(device);
  const siteNames = [site.siteId, site.niceId, waiting?.siteId, waiting?.niceId].map(String);
  const names = [...filled.names, site.newtId, device.deviceId];
  const { siteId, newtId } = site;
  return { ...filled, names, siteNames, siteId, newtId, targetId, device, newt, pending, tunnel };
}

async function parties(database: SqliteDatabase) {
  const plane = await Plane.start(database);
  return { plane, victim: await party(plane, "victim"), stranger: await party(plane, "stranger") };
}

/** What of a party an endpoint could be asked about: numbers of other kinds may be the asker's own. */
function idsFor({ spec: { path } }: Endpoint, { ids, siteNames, device }: Party): readonly string[] {
  if (/:siteId|site\/:niceId/.test(path)) return siteNames;
  return path.includes("/device/:id") ? [device.deviceId] : ids;
}

/** All that a party hears until it has heard the answer to its own heartbeat; its channels are still there. */
async function heardBy({ newt, pending, tunnel }: Party): Promise<unknown[]> {
  const news = [...(await beat(newt, 2)).heard, ...(await beat(pending)).heard];
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  expect([newt.closed, pending.closed, tunnel.closed]).toEqual([undefined, undefined, undefined]);
  return [...news, ...tunnel.heard.splice(0)];
}

/** What is stored of all but the audit, in which those who try are on record. */
function stored(database: SqliteDatabase): unknown {
  const { audit: _, sqlite_sequence: __, ...rest } = everything(database);
  return rest;
}

/** The rows in which a party's name or an id that is told to nobody else stands. */
function rowsOf(database: SqliteDatabase, { org, siteId, device }: Party): unknown {
  const belongs = (row: unknown): boolean => {
    const text = JSON.stringify(row);
    return [`"org_id":"${org}"`, `"site_id":${siteId},`, device.deviceId].some((part) => text.includes(part));
  };
  const { audit: _, ...tables } = everything(database);
  return Object.entries(tables).map(([name, rows]) => [name, Array.isArray(rows) ? rows.filter(belongs) : rows]);
}

test("on no route does an organisation see, approve, command or reach what another has connected", async () => {
  const database = openSqlite(":memory:");
  const { plane, victim, stranger } = await parties(database);
  const authorization = `Bearer ${stranger.apiKey}`;
  const before = stored(database);
  for (const endpoint of endpoints.filter((each) => scopeOf(each) !== undefined)) {
    const { method, path } = endpoint.spec;
    for (const values of aimed(endpoint, { ...victim, ids: idsFor(endpoint, victim) }, stranger)) {
      const { status, body } = await call(plane, endpoint, values, { authorization });
      expect([403, 404], `${method} ${path} with ${JSON.stringify(values)}: ${status} ${body}`).toContain(status);
      expect(victim.names.filter((name) => !Object.values(values).includes(name) && body.includes(name))).toEqual([]);
    }
    if (method !== "get") continue;
    const { body } = await call(
      plane,
      endpoint,
      { org: stranger.org, siteId: `${stranger.siteId}` },
      { authorization },
    );
    expect(victim.names.filter((name) => body.includes(name))).toEqual([]);
  }
  for (const endpoint of endpoints.filter(({ spec }) => spec.needs === "device key")) {
    const headers = { "x-api-key": stranger.device.apiKey };
    expect((await call(plane, endpoint, { deviceId: victim.device.deviceId }, headers)).status).toBe(401);
  }
  expect(stored(database)).toEqual(before);
  expect(await heardBy(victim)).toEqual([]);
});

test("by no message of either newt table does a site reach a site of another organisation", async () => {
  const database = openSqlite(":memory:");
  const { victim, stranger } = await parties(database);
  const before = rowsOf(database, victim);
  const { org, siteId, newtId, targetId, siteNames } = victim;
  const data = {
    // What each message could mean somebody else's by.
    ...{ orgId: org, siteId, newtId, id: targetId, ids: [targetId], niceId: "web", resourceId: targetId },
    targets: { [targetId]: { status: "unhealthy" } },
    blueprint: web([target(81)], { "full-domain": "taken.example.com", name: "Taken", site: siteNames[1] }),
    ...{ available: true, containers: [], bandwidthData: [], compressed: "", publicKey: "k", port: 1 },
    ...{ messageId: 1, complete: true, chainId: newtId, newtVersion: "9.9.9", pingResults: [] },
  };
  const types = [...Object.keys(fromNewt), ...Object.keys(fromServer)].filter((type) => type !== "newt/disconnecting");
  for (const newt of [stranger.newt, stranger.pending]) {
    for (const type of types) newt.say({ type, data, configVersion: 7 });
    newt.say({ type: "newt/ping", data: {}, configVersion: 3 });
    await newt.hear("newt/blueprint/results");
    newt.say({ type: "newt/disconnecting", data: { newtId, siteId } });
    await newt.hearClose();
    const said = JSON.stringify([newt.heard, newt.frames.filter((frame) => typeof frame === "string")]);
    expect(said.includes("victim.example.com")).toBe(false);
  }
  expect(rowsOf(database, victim)).toEqual(before);
  expect(await heardBy(victim)).toEqual([]);
});

test("by no frame does a device answer for, become or reach a device of another organisation", async () => {
  const database = openSqlite(":memory:");
  const { plane, victim, stranger } = await parties(database);
  const { deviceId } = victim.device;
  const asked = plane.integration.command("victim", deviceId, { action: "health_check" });
  const command = await victim.tunnel.hear("command");
  const before = rowsOf(database, victim);
  const fields = {
    ...(command.id !== undefined && { id: command.id }),
    ...{
      device_id: deviceId,
      api_key: stranger.device.apiKey,
      action: "health_check",
      payload: { device_id: deviceId },
    },
    ...{ status: "success" as const, data: { forged: true }, error: "forged" },
  };
  for (const type of Object.keys(frameTypes)) stranger.tunnel.say({ type, ...fields });
  await stranger.tunnel.hear("pong");
  const intruder = await plane.tunnel();
  intruder.say({ type: "connect", ...fields });
  expect((await intruder.hear("error")).error).toBe("invalid credentials");
  expect(await intruder.hearClose()).toBe(1008);
  expect((await ownShadow(plane, { deviceId, apiKey: stranger.device.apiKey }, { forged: true })).status).toBe(401);
  expect(rowsOf(database, victim)).toEqual(before);
  expect(await heardBy(victim)).toEqual([]);
  succeed(victim.tunnel, command, { real: true });
  expect(await asked).toEqual({ status: "success", data: { real: true } });
});
