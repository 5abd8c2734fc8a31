import { expect, test } from "vitest";
import { z } from "zod";
import { openSqlite } from "../../src/control-plane/index.js";
import { channelUrl, RegisterData } from "../../src/protocol/newt/index.js";
import { dataOf, MovableClock, nonce, org, Plane } from "./plane.js";

const Times = z.array(z.object({ authenticated_at: z.number().nullable() }));

test("the first token proves that the exchange arrived, later ones change nothing", async () => {
  const database = openSqlite(":memory:");
  const clock = new MovableClock();
  const plane = await Plane.start(database, clock);
  const times = () => Times.parse(database.prepare("select authenticated_at from site").all([]));
  const replays = () => database.prepare("select * from replay").all([]);
  const answer = await plane.register(await plane.key(), { nonce: nonce(plane) });
  const site = dataOf(answer, RegisterData);
  expect(times()).toEqual([{ authenticated_at: null }]);
  expect(replays()).toHaveLength(1);
  await plane.send("POST", "/api/v1/auth/newt/get-token", { ...site, secret: `${site.secret}x` });
  expect(times()).toEqual([{ authenticated_at: null }]);
  await plane.token(site);
  const [first] = times();
  expect(first?.authenticated_at).toBeGreaterThan(0);
  expect(replays()).toEqual([]);
  clock.move(5_000);
  await plane.token(site);
  expect(times()).toEqual([first]);
});

test("a token lives for an hour and is then forgotten", async () => {
  const database = openSqlite(":memory:");
  const clock = new MovableClock();
  const plane = await Plane.start(database, clock);
  const token = await plane.token(await plane.site(await plane.key()));
  const connect = () => plane.client.network.connect(channelUrl(plane.origin, token), { timeoutMs: 5_000 });
  (await connect()).terminate();
  clock.move(3_600_000);
  await expect(connect()).rejects.toMatchObject({ status: 401 });
  clock.move(3_600_000);
  await expect.poll(() => database.prepare("select * from session").all([])).toEqual([]);
});

test("more expired tokens than are forgotten at once are all forgotten, and no other", async () => {
  const database = openSqlite(":memory:");
  const clock = new MovableClock();
  const plane = await Plane.start(database, clock);
  const site = await plane.site(await plane.key());
  const insert = database.prepare("insert into session values (?, ?, ?)");
  for (let number = 0; number < 5_000; number++) insert.run([`token ${number}`, site.newtId, 1_000]);
  insert.run(["valid", site.newtId, clock.now() + 86_400_000]);
  clock.move(3_600_000);
  await expect
    .poll(() => database.prepare("select token_hash from session").all([]))
    .toEqual([{ token_hash: "valid" }]);
});

test("a deleted site's tokens and credentials end with it", async () => {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  const credentials = await plane.site(await plane.key());
  const token = await plane.token(credentials);
  const [site] = await plane.integration.listSites(org);
  await plane.api("DELETE", `/v1/site/${site?.siteId}`);
  const stale = plane.client.network.connect(channelUrl(plane.origin, token), { timeoutMs: 5_000 });
  await expect(stale).rejects.toMatchObject({ status: 401 });
  expect((await plane.send("POST", "/api/v1/auth/newt/get-token", credentials)).status).toBe(400);
  expect(database.prepare("select * from session").all([])).toEqual([]);
});
