import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { channelUrl } from "../../src/protocol/newt/index.js";
import { logTo } from "../../src/world/log.js";
import type { Channel } from "../../src/world/network.js";
import { applied, beat, planeWith, TestSite, target, web } from "./newt-site.js";
import { MovableClock, org, Plane } from "./plane.js";

const told = (newtVersion: string) => ({ type: "newt/wg/register", data: { newtVersion, backwardsCompatible: true } });

/** Whether each frame that a newt hears of a blueprint is binary. */
async function framesFor(version: string | undefined): Promise<boolean[]> {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  if (version !== undefined) newt.say(told(version));
  await applied(newt, web([target(80)]));
  await applied(newt, web([]));
  return newt.frames.map((frame) => typeof frame !== "string");
}

test.each(["1.10.3", "1.15.0", "v2.0.0", "1.10.4-rc.1"])(
  "a newt of version %s is sent changes as gzip",
  async (version) => {
    // tcp/add and healthcheck/add, but neither results nor tcp/remove (PROTOCOLS A16).
    expect(await framesFor(version)).toEqual([true, true, false, false, false]);
  },
);

test.each([undefined, "1.10.2", "1.10.3-rc.1", "1.9.9", "version_replaceme"])(
  "a newt of version %s is sent text",
  async (version) => {
    expect(await framesFor(version)).toEqual([false, false, false, false, false]);
  },
);

test("a version that is known already is not written again, and holds for later channels", async () => {
  const { plane, database } = await planeWith();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  newt.say(told("1.15.0"));
  await expect.poll(async () => (await site.shown())?.newtVersion).toBe("1.15.0");
  database.prepare("update site set newt_version = '1.15.0 '").run([]);
  newt.say(told("1.15.0"));
  // Answered after whatever was to be written before it.
  await applied(newt, "{}");
  expect((await site.shown())?.newtVersion).toBe("1.15.0 ");
  database.prepare("update site set newt_version = '1.15.0'").run([]);
  newt.channel.close();
  await newt.hearClose();
  const later = await site.connect();
  await applied(later, web([target(80)]));
  expect(later.frames.map((frame) => typeof frame)).toEqual(["object", "object", "string"]);
});

test("a compressed frame is read as the text it holds, and none that would burst", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  newt.channel.send(gzipSync('{"type":"newt/ping","data":{}}'));
  await newt.hear("pong");
  const bomb = gzipSync(`{"type":"newt/ping","data":{"a":"${"a".repeat(2 << 20)}"}}`);
  expect(bomb.length).toBeLessThan(4_000);
  newt.channel.send(bomb);
  expect(await newt.hear("error")).toMatchObject({ data: { originalMessage: `${bomb.length} bytes` } });
  await beat(newt);
});

test("blueprints are answered one by one, in the order in which they came", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  const texts = Array.from({ length: 300 }, (_, index) => (index % 3 === 1 ? "{" : web([target(1_000 + index)])));
  for (const blueprint of texts) newt.say({ type: "newt/blueprint/apply", data: { blueprint } });
  for (const [index, text] of texts.entries()) {
    const { data } = await newt.hear("newt/blueprint/results");
    expect(data, String(index)).toMatchObject({ success: text !== "{" });
  }
});

test("a newt that sends too much that costs is closed, and one that only lives is not", async () => {
  const clock = new MovableClock();
  const { plane } = await planeWith(clock);
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  for (let count = 0; count < 2_000; count++) newt.say({ type: "newt/ping", data: {} });
  for (let count = 0; count < 600; count++) newt.say("{");
  await expect.poll(() => newt.heard.filter(({ type }) => type === "error")).toHaveLength(600);
  clock.move(60_000);
  for (let count = 0; count < 600; count++) newt.say("{");
  await beat(newt);
  newt.say("{");
  expect(await newt.hearClose()).toBe(1008);
  // What it has sent does not follow it.
  await beat(await site.connect());
});

test("large messages cost by their length", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  const log = { type: "newt/access-log", data: { compressed: "a".repeat(1_000_000) } };
  for (let count = 0; count < 9; count++) {
    newt.say(log);
    await beat(newt);
  }
  newt.say(log);
  expect(await newt.hearClose()).toBe(1008);
});

/** A channel that is let in, and opens only when something else has happened. */
async function openingLate(site: TestSite, meanwhile: () => Promise<unknown>, ...said: string[]): Promise<unknown[]> {
  const { plane } = site;
  const url = new URL(channelUrl(plane.origin, await plane.token(site.credentials)));
  const verdict = await plane.listener.upgrade({ url, headers: {}, peer: { address: "127.0.0.1" } });
  await meanwhile();
  const done: unknown[] = [];
  const channel: Channel = {
    open: true,
    send: (message) => done.push(JSON.parse(String(message))),
    ping: () => {},
    close: (code) => done.push(code),
    terminate: () => {},
    listen: (listener) => {
      for (const text of said) listener.message?.(text);
    },
  };
  if ("accept" in verdict) verdict.accept(channel);
  return done;
}

test.each(["rekey", "delete"])(
  "a %s between the look at a token and the channel ends the channel, unheard",
  async (what) => {
    const plane = await Plane.start();
    const site = await TestSite.of(plane);
    const end = () =>
      what === "rekey" ? plane.integration.rekeySite(site.siteId, {}) : plane.integration.deleteSite(site.siteId);
    const done = await openingLate(site, end, '{"type":"newt/ping","data":{}}');
    await expect.poll(() => done).toEqual([1000]);
    expect(await plane.integration.listSites(org, { online: true })).toEqual([]);
  },
);

test("an approval between the look at a token and the channel holds for the channel", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane, { approved: false });
  const newt = await site.connect();
  await applied(newt, web([target(80)]));
  newt.channel.close();
  await newt.hearClose();
  const data = { publicKey: "k=", pingResults: [{ exitNodeId: 1, latencyMs: 5 }] };
  const done = await openingLate(
    site,
    () => plane.integration.approveSite(site.siteId),
    JSON.stringify({ type: "newt/wg/register", data }),
    '{"type":"newt/ping","data":{},"configVersion":1}',
  );
  await expect
    .poll(() => done)
    .toMatchObject([
      { type: "newt/socket/fetch" },
      { type: "newt/sync", configVersion: 2 },
      { type: "pong", configVersion: 2 },
    ]);
});

test("the log tells of channels, and of no token", async () => {
  const lines: string[] = [];
  const log = logTo((level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`));
  const { plane } = await planeWith(undefined, log);
  const site = await TestSite.of(plane);
  const token = await plane.token(site.credentials);
  const channel = await plane.client.network.connect(channelUrl(plane.origin, token), { timeoutMs: 5_000 });
  channel.close(1000);
  const about = `"newtId":"${site.credentials.newtId}","address":"127.0.0.1"`;
  await expect.poll(() => lines).toContain(`info newt channel closed {${about},"code":1000}`);
  expect(lines).toContain(`info newt channel opened {${about}}`);
  expect(lines.join("\n")).not.toContain(token);
  expect(lines.join("\n")).not.toContain(site.credentials.secret);
});

test("messages and channels are counted by kind, whatever a newt calls them", async () => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  for (const type of ["a", "b", "c"]) newt.say({ type: `newt/${type}`, data: {} });
  newt.say("{");
  await beat(newt);
  newt.channel.close();
  await newt.hearClose();
  const shown = async () => (await plane.send("GET", "/metrics")).body;
  await expect.poll(shown).toContain('firstboot_channels_closed_total{kind="newt"} 1');
  const text = await shown();
  expect(text).toContain('firstboot_channels_opened_total{kind="newt"} 1');
  expect(text).toContain('firstboot_newt_messages_total{type="other"} 3');
  expect(text).toContain('firstboot_newt_messages_total{type="error"} 1');
  expect(text).toContain('firstboot_newt_messages_total{type="newt/ping"} 1');
  expect(text).toContain('firstboot_newt_sent_total{type="error"} 4');
  expect(text).toContain('firstboot_newt_sent_total{type="pong"} 1');
});

test("a site's newt is restarted by people with a right to it, while it is there", async () => {
  const { plane, database } = await planeWith();
  const site = await TestSite.of(plane);
  const restart = () => plane.api("POST", `/v1/site/${site.siteId}/restart`);
  expect(await restart()).toMatchObject({ status: 409, body: expect.stringContaining("Site is not connected") });
  const newt = await site.connect();
  expect((await restart()).status).toBe(200);
  expect(await newt.hear("newt/wg/restart")).toMatchObject({ data: {} });
  const rows = database.prepare("select target, result from audit where action = 'restart'").all([]);
  expect(rows).toEqual([{ target: site.niceId, result: "sent" }]);
  expect((await plane.api("POST", "/v1/site/999/restart")).status).toBe(404);
});

test("a short frame that inflates to a long message counts by what it inflates to, on this channel and the next", async () => {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const bomb = gzipSync(
    JSON.stringify({ type: "newt/receive-bandwidth", data: { bandwidthData: "0".repeat(900_000) } }),
  );
  expect(bomb.length).toBeLessThan(2_000);
  for (let nth = 0; nth < 10; nth++) newt.channel.send(bomb);
  await beat(newt);
  newt.channel.send(bomb);
  expect(await newt.hearClose()).toBe(1008);
  const next = await site.connect();
  await beat(next);
  next.channel.send(bomb);
  expect(await next.hearClose()).toBe(1008);
});

test.each([
  ["wait", false, (nth: number) => web([target(nth + 1)])],
  ["fail", true, (nth: number) => `{"public-resources": ${nth}}`],
])("blueprints that %s do not fill the disk: 50 of a site are kept", async (what, approved, blueprint) => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane, { approved })).connect();
  for (let nth = 0; nth < 50; nth++) {
    expect((await applied(newt, blueprint(nth))).result).toMatchObject({ success: what === "wait" });
  }
  expect((await applied(newt, blueprint(50))).result).toMatchObject({ success: false });
  const { body } = await plane.api("GET", `/v1/org/${org}/blueprints?limit=1`);
  expect(JSON.parse(body)).toMatchObject({ data: { pagination: { total: 50 } } });
});
