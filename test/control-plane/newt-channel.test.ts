import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { channelUrl } from "../../src/protocol/newt/index.js";
import { readBlueprint } from "../../src/provisioning/blueprint/index.js";
import { UpgradeRefused } from "../../src/world/network.js";
import { MovableClock, org, Plane } from "./plane.js";

const blueprint = (niceId: string, name = "Web") =>
  JSON.stringify({
    "public-resources": {
      [niceId]: {
        name,
        mode: "http",
        "full-domain": `${niceId}.example.com`,
        targets: [{ hostname: "127.0.0.1", port: 80, method: "http" }],
      },
    },
  });

const apply = (text: string) => ({ type: "newt/blueprint/apply", data: { blueprint: text } });

test("a channel without a valid token is refused before the handshake", async () => {
  const plane = await Plane.start();
  const token = await plane.token(await plane.site(await plane.key()));
  const good = channelUrl(plane.origin, token);
  for (const [url, status] of [
    [channelUrl(plane.origin, "guess"), 401],
    [good.replace(/token=.*/, "token="), 401],
    [good.replace("clientType=newt", "clientType=olm"), 401],
    [good.replace("/api/v1/ws", "/elsewhere"), 404],
  ] as const) {
    const refused = plane.client.network.connect(url, { timeoutMs: 5_000 });
    await expect(refused).rejects.toEqual(new UpgradeRefused(status));
  }
});

test("a heartbeat is answered with a config version and the time", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  newt.say({ type: "newt/ping", data: {} });
  const pong = await newt.hear("pong");
  expect(pong.configVersion).toBeGreaterThanOrEqual(1);
  expect(pong.data).toEqual({ timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
});

test("a request for exit nodes hears that there are none, with its chain id", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  newt.say({ type: "newt/ping/request", data: { noCloud: false, chainId: "8507613d847bccbd" } });
  const { data } = await newt.hear("newt/ping/exitNodes");
  expect(data).toEqual({ exitNodes: [], chainId: "8507613d847bccbd" });
});

test("what needs no answer gets none; what is unknown or broken is told so, with a number, and harms nothing", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  newt.say({ type: "newt/wg/register", data: { publicKey: "k=", newtVersion: "1.14.0", backwardsCompatible: true } });
  newt.say({ type: "newt/wg/get-config", data: { publicKey: "k=", port: 51_820, chainId: "c" } });
  newt.say({ type: "newt/receive-bandwidth", data: { bandwidthData: null } });
  newt.say({ type: "newt/healthcheck/status", data: { targets: {} } });
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
  expect(newt.heard).toEqual([]);
  for (const [text, message] of [
    ['{"type":"newt/nonsense","data":{}}', "Unsupported message type: newt/nonsense"],
    ['{"type":"newt/ping/request","data":{"chainId":7}}', "Invalid data of message type: newt/ping/request"],
    ["{", "Invalid message"],
    ["[]", "Invalid message"],
    ["null", "Invalid message"],
    ['{"type":7}', "Invalid message"],
    ['{"data":{}}', "Invalid message"],
    ["\u0000", "Invalid message"],
    [`{"${"x".repeat(1_000)}`, "Invalid message"],
  ] as const) {
    newt.say(text);
    const data = { message, originalMessage: text.slice(0, 200) };
    expect(await newt.hear("error")).toEqual({ type: "error", data, configVersion: 1 });
  }
  newt.channel.send(new Uint8Array([1, 2, 3]));
  expect((await newt.hear("error")).data).toEqual({ message: "Invalid message", originalMessage: "3 bytes" });
  await expect.poll(() => plane.integration.listSites(org)).toMatchObject([{ newtVersion: "1.14.0" }]);
});

test("a connected site is online; one that says goodbye is offline at once, whatever follows", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  expect(await plane.integration.listSites(org, { online: true })).toMatchObject([{ online: true }]);
  expect(await plane.integration.listSites(org, { online: false })).toEqual([]);
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
  newt.say({ type: "newt/disconnecting", data: {} });
  newt.say({ type: "newt/ping", data: {} });
  await expect
    .poll(() => plane.integration.listSites(org, { online: false }))
    .toMatchObject([{ online: false, lastSeen: expect.any(String) }]);
  expect(newt.heard).toEqual([]);
  expect(await newt.hearClose()).toBe(1000);
});

test("a silent channel is probed, and dropped when nothing was heard for 90 s", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const newt = await plane.newt(await plane.site(await plane.key()));
  clock.move(36_000);
  await expect.poll(() => newt.pings).toBe(1);
  for (let sweeps = 0; sweeps < 6; sweeps++) {
    clock.move(15_000);
    // The sweep ends, and no answer to its probe is read.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  expect(await newt.hearClose()).toBe(1006);
  await expect.poll(() => plane.integration.listSites(org)).toMatchObject([{ online: false }]);
});

test("expired tokens are forgotten within the hour", async () => {
  const clock = new MovableClock();
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database, clock);
  const tokens = () => database.prepare("select * from session").all([]);
  await plane.token(await plane.site(await plane.key()));
  expect(tokens()).toHaveLength(1);
  clock.move(3_600_001);
  await expect.poll(tokens).toEqual([]);
});

test("of two channels of one identity the newest stays", async () => {
  const plane = await Plane.start();
  const site = await plane.site(await plane.key());
  const older = await plane.newt(site);
  const newer = await plane.newt(site);
  expect(await older.hearClose()).toBe(4000);
  newer.say({ type: "newt/ping", data: {} });
  await newer.hear("pong");
});

test("a blueprint of an approved site is applied and kept in the history", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  newt.say(apply(blueprint("web")));
  expect((await newt.hear("newt/blueprint/results")).data).toEqual({
    success: true,
    message: "Config updated successfully",
  });
  const [item] = await plane.integration.listBlueprints(org);
  expect(item).toMatchObject({ succeeded: true, parked: false, source: "NEWT" });
  const { contents } = await plane.integration.findBlueprint(org, item?.blueprintId ?? 0);
  expect(readBlueprint(contents, {}).document).toEqual(JSON.parse(blueprint("web")));
});

test.each([
  ["not JSON", "{"],
  ["nested without end", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ["not a blueprint", JSON.stringify({ "public-resources": { web: { mode: "nonsense" } } })],
])("a blueprint that is %s is refused with the reason", async (_, text) => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  newt.say(apply(text));
  expect((await newt.hear("newt/blueprint/results")).data).toEqual({
    success: false,
    message: expect.stringMatching(/^Failed to update database from config: ./),
  });
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ succeeded: false }]);
});

test("a site cannot take over a resource of another, nor half of a document", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const [first, second] = [await plane.newt(await plane.site(key)), await plane.newt(await plane.site(key))];
  first.say(apply(blueprint("web")));
  await first.hear("newt/blueprint/results");
  const both = {
    ...JSON.parse(blueprint("own"))["public-resources"],
    ...JSON.parse(blueprint("web"))["public-resources"],
  };
  second.say(apply(JSON.stringify({ "public-resources": both })));
  expect((await second.hear("newt/blueprint/results")).data).toEqual({
    success: false,
    message: "Failed to update database from config: the public resource web belongs to another site",
  });
  first.say(apply(blueprint("own")));
  expect((await first.hear("newt/blueprint/results")).data).toMatchObject({ success: true });
});

test("a blueprint that is to be applied once is confirmed again and not applied again", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key()));
  const once = { type: "newt/blueprint/apply", data: { blueprint: blueprint("web"), once: true } };
  for (const times of [1, 2]) {
    newt.say(once);
    await expect.poll(() => newt.heard.filter(({ type }) => type === "newt/blueprint/results")).toHaveLength(times);
  }
  expect(newt.heard.filter(({ data }) => JSON.stringify(data).includes('"success":true'))).toHaveLength(2);
  expect(await plane.integration.listBlueprints(org)).toHaveLength(1);
});

test("a pending site's blueprint waits, and approval applies it and tells the site", async () => {
  const plane = await Plane.start();
  const newt = await plane.newt(await plane.site(await plane.key(null, false)));
  newt.say(apply(blueprint("web")));
  newt.say(apply(blueprint("web")));
  for (let count = 0; count < 2; count++) {
    const { data } = await newt.hear("newt/blueprint/results");
    expect(data).toEqual({ success: true, message: expect.stringContaining("approved") });
  }
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ parked: true, succeeded: false }]);

  const [site] = await plane.integration.listSites(org, { status: "pending" });
  await plane.integration.approveSite(site?.siteId ?? 0);
  await newt.hear("newt/healthcheck/add");
  await newt.hear("newt/wg/reconnect");
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ parked: false, succeeded: true }]);
  expect(await plane.integration.listSites(org, { status: "pending" })).toEqual([]);

  await plane.integration.approveSite(site?.siteId ?? 0);
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
  expect(newt.heard.map(({ type }) => type)).toEqual(["newt/tcp/add"]);
});

test("a rejected site is told, closed and gone with its credentials", async () => {
  const plane = await Plane.start();
  const credentials = await plane.site(await plane.key(null, false));
  const token = await plane.token(credentials);
  const newt = await plane.newt(credentials);
  const [site] = await plane.integration.listSites(org);
  await plane.integration.rejectSite(site?.siteId ?? 0);
  await newt.hear("newt/wg/terminate");
  expect(await newt.hearClose()).toBe(1000);
  expect(await plane.integration.listSites(org)).toEqual([]);
  const back = plane.client.network.connect(channelUrl(plane.origin, token), { timeoutMs: 5_000 });
  await expect(back).rejects.toEqual(new UpgradeRefused(401));
  expect((await plane.send("POST", "/api/v1/auth/newt/get-token", credentials)).status).toBe(400);
  expect((await plane.api("POST", `/v1/site/${site?.siteId}/reject`)).status).toBe(404);
});

test("a site that is approved is not rejected by mistake", async () => {
  const plane = await Plane.start();
  await plane.site(await plane.key());
  const [site] = await plane.integration.listSites(org);
  expect((await plane.api("POST", `/v1/site/${site?.siteId}/reject`)).status).toBe(400);
  expect((await plane.api("DELETE", `/v1/site/${site?.siteId}`)).status).toBe(200);
  expect(await plane.integration.listSites(org)).toEqual([]);
});
