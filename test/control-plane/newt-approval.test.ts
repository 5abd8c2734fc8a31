import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { NewtSite, personas } from "../../src/device/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { EventDiary } from "../device/support/diary.js";
import { applied, beat, planeWith, TestSite, target, web } from "./newt-site.js";
import { MovableClock, org, Plane, temporaryDirectory } from "./plane.js";

const waits = { success: true, message: "Blueprint accepted: it waits until this site is approved" };
const register = {
  type: "newt/wg/register",
  data: {
    publicKey: "k=",
    newtVersion: "1.15.0",
    pingResults: [{ exitNodeId: 1, latencyMs: 5, weight: 1 }],
    chainId: "c",
  },
};
const request = { type: "newt/ping/request", data: { noCloud: false, chainId: "c1" } };

test("a pending site is connected and visible, and gets neither tunnel nor targets", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  newt.say(request);
  expect(await newt.hear("newt/ping/exitNodes")).toMatchObject({ data: { exitNodes: [], chainId: "c1" } });
  newt.say(register);
  newt.say({ type: "newt/wg/get-config", data: { publicKey: "k=", port: 51_820, localEndpoints: null } });
  expect(await applied(newt, web([target(80)]))).toEqual({ result: waits, heard: [] });
  expect((await beat(newt, 1)).heard).toEqual([]);
  expect(await site.targets()).toEqual([]);
  expect(await site.shown()).toMatchObject({
    status: "pending",
    online: true,
    newtVersion: "1.15.0",
    configVersion: 1,
    configSeen: 1,
    lastAddress: "127.0.0.1",
  });
});

test("an approved site is asked for its containers when it registers with an exit node's results", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  for (const data of [
    { ...register.data, publicKey: "" },
    { ...register.data, pingResults: [] },
    { ...register.data, pingResults: null },
    { ...register.data, backwardsCompatible: true },
  ]) {
    newt.say({ type: "newt/wg/register", data });
  }
  expect((await beat(newt)).heard).toEqual([]);
  newt.say(register);
  expect(await newt.hear("newt/socket/fetch")).toEqual({ type: "newt/socket/fetch", data: {}, configVersion: 1 });
});

test("approval tells what was parked, then to reconnect; who asks in time keeps the channel", async () => {
  const clock = new MovableClock();
  const { plane } = await planeWith(clock);
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  await plane.integration.approveSite(site.siteId);
  await newt.hear("newt/wg/reconnect");
  const [{ internalPort } = { internalPort: 0 }] = await site.targets();
  expect(newt.heard).toEqual([
    { type: "newt/tcp/add", data: { targets: [`${internalPort}:10.0.0.1:80`] }, configVersion: 1 },
    { type: "newt/healthcheck/add", data: { targets: [] }, configVersion: 2 },
  ]);
  newt.heard.splice(0);
  newt.say(request);
  await newt.hear("newt/ping/exitNodes");
  clock.move(5_000);
  expect(await beat(newt, 2)).toEqual({ number: 2, heard: [] });
  newt.say(register);
  await newt.hear("newt/socket/fetch");
});

test("a site that stays silent after its approval is disconnected, and comes back to its config", async () => {
  const clock = new MovableClock();
  const { plane } = await planeWith(clock);
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  await plane.integration.approveSite(site.siteId);
  await newt.hear("newt/wg/reconnect");
  clock.move(4_000);
  await beat(newt, 2);
  clock.move(1_000);
  expect(await newt.hearClose()).toBe(1000);
  const back = await site.connect();
  back.say(request);
  await back.hear("newt/ping/exitNodes");
  clock.move(60_000);
  expect(await beat(back, 2)).toEqual({ number: 2, heard: [] });
});

test("a site that is not there when it is approved finds all of it when it comes", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  newt.channel.close(1000);
  await newt.hearClose();
  await plane.integration.approveSite(site.siteId);
  const back = await site.connect();
  const { number, heard } = await beat(back, 1);
  expect(heard).toMatchObject([{ type: "newt/sync", data: { proxyTargets: { tcp: [expect.any(String)], udp: [] } } }]);
  expect(number).toBe(2);
});

test.each(["hardened", "newt"] as const)(
  "a site with the habits of %s is released without losing its channel",
  async (name) => {
    const { plane } = await planeWith(new MovableClock());
    const key = await plane.key(1, false);
    const root = temporaryDirectory();
    mkdirSync(join(root, "etc"));
    writeFileSync(
      join(root, "newt.json"),
      JSON.stringify({ endpoint: plane.origin, provisioningKey: key, blueprintFile: "b.yaml" }),
    );
    writeFileSync(join(root, "b.yaml"), web([target(80)]));
    const world = realWorld({ root });
    onTestFinished(() => world.process.kill());
    const diary = new EventDiary();
    const site = new NewtSite(world, { configFile: "newt.json", persona: personas[name], onEvent: diary.write });
    const end = site.run();
    expect(await diary.happened("blueprint")).toMatchObject(waits);
    const [pending] = await plane.integration.listSites(org, { status: "pending" });
    await plane.integration.approveSite(pending?.siteId ?? 0);
    expect(await diary.happened("command")).toMatchObject({ action: "newt/wg/reconnect", success: true });
    expect(await plane.integration.listTargets(pending?.siteId ?? 0)).toMatchObject([{ port: 80 }]);
    await site.stop();
    await end;
    expect(diary.all("connected")).toHaveLength(1);
  },
);

test("what a site has parked goes with it", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane, { approved: false });
  await applied(await site.connect(), web([target(80)]));
  expect(await plane.integration.listBlueprints(org)).toHaveLength(1);
  await plane.integration.rejectSite(site.siteId);
  expect(await plane.integration.listBlueprints(org)).toEqual([]);
});
