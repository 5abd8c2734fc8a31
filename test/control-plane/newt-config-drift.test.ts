import { expect, test } from "vitest";
import { applied, beat, configured, planeWith, type TestSite, target, web } from "./newt-site.js";
import { Plane } from "./plane.js";

/** What is made of a newt's config version elsewhere loses changes for good; here nothing does (PROTOCOLS D2.20). */

/** Changes what a site's newt is to do while the newt is away: another channel of it applies a blueprint and goes. */
async function changeWhileAway(site: TestSite): Promise<void> {
  const other = await site.connect();
  await applied(other, web([target(81)]));
  other.channel.close(1000);
  await other.hearClose();
}

test("D2.20a a change that was made while a newt was away is found by its next ping, whatever it has heard before", async () => {
  const plane = await Plane.start();
  const { site, newt } = await configured(plane);
  newt.channel.close(1000);
  await newt.hearClose();
  await changeWhileAway(site);
  const back = await site.connect();
  back.say({ type: "newt/ping/request", data: { chainId: "c" } });
  const { configVersion } = await back.hear("newt/ping/exitNodes");
  // It has taken the number of what it heard for its own.
  const { number, heard } = await beat(back, configVersion);
  const [{ internalPort } = { internalPort: 0 }] = await site.targets();
  expect(heard).toMatchObject([
    { type: "newt/sync", data: { proxyTargets: { tcp: [`${internalPort}:10.0.0.1:81`] } }, configVersion: number },
  ]);
  expect(await beat(back, number)).toEqual({ number, heard: [] });
});

test("D2.20a a newt that starts anew and tells no number is given no difference to what it lacks", async () => {
  const plane = await Plane.start();
  const { site, newt } = await configured(plane);
  newt.channel.close(1000);
  await newt.hearClose();
  const back = await site.connect();
  expect(await beat(back)).toEqual({ number: 1, heard: [] });
  expect((await applied(back, web([target(80), target(81)]))).heard).toEqual([]);
  expect((await beat(back, 1)).heard).toMatchObject([{ type: "newt/sync", configVersion: 3 }]);
});

test("D2.20b what changes nothing repeats the number that the newt has, so that hearing it hides nothing", async () => {
  const plane = await Plane.start();
  const { site, newt } = await configured(plane);
  newt.channel.close(1000);
  await newt.hearClose();
  await changeWhileAway(site);
  const back = await site.connect();
  back.say({ type: "newt/wg/register", data: { newtVersion: "1.13.9", backwardsCompatible: true } });
  // Too old for newt/sync: it keeps telling the number that it has, and is not told another.
  expect(await beat(back, 2)).toEqual({ number: 2, heard: [] });
  await plane.integration.restartSite(site.siteId);
  expect(await back.hear("newt/wg/restart")).toMatchObject({ configVersion: 2 });
  back.say({ type: "newt/wg/register", data: { newtVersion: "1.14.0", backwardsCompatible: true } });
  expect((await beat(back, 2)).heard).toMatchObject([{ type: "newt/sync", configVersion: 3 }]);
});

test("D2.20b the number of a change comes with its last message", async () => {
  const plane = await Plane.start();
  const { newt } = await configured(plane);
  const { heard } = await applied(newt, web([target(81)]));
  expect(heard.map(({ configVersion }) => configVersion)).toEqual([2, 2, 3]);
});

test("D2.20c an error carries the number and does not reset it", async () => {
  const plane = await Plane.start();
  const { newt } = await configured(plane);
  newt.say("nonsense");
  expect(await newt.hear("error")).toMatchObject({ configVersion: 2 });
});

test("D2.20d the number outlives channels and restarts, and never falls", async () => {
  const { plane, database } = await planeWith();
  const { site, newt } = await configured(plane);
  newt.channel.terminate();
  await newt.hearClose();
  expect(database.prepare("select config_version as version from site").all([])).toEqual([{ version: 2 }]);
  const back = await site.connect();
  expect((await beat(back, 7)).number).toBe(2);
  expect((await applied(back, web([]))).heard).toMatchObject([{ type: "newt/tcp/remove", configVersion: 3 }]);
  expect((await applied(back, web([target(80)]))).heard.at(-1)).toMatchObject({ configVersion: 4 });
});
