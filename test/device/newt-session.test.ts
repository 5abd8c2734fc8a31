import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { hardened, newt, type Persona } from "../../src/device/persona.js";
import { ManualClock } from "./support/clock.js";
import { box, closeAll, live, serve } from "./support/life.js";
import { type NewtScript, send } from "./support/newt.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const quick: Persona = { ...hardened, reconnect: { ...hardened.reconnect, delaysMs: [5], jitter: 0 } };

async function connected(script: NewtScript = {}, { persona = quick, clock = new ManualClock() } = {}) {
  const server = await serve(script);
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const life = live(disk.boot({ clock }), { persona });
  await life.diary.happened("connected");
  return { server, clock, disk, ...life };
}

const typed = (type: string) => (frame: string) => frame.includes(`"${type}"`);
const count = (server: ScriptedServer, type: string) => server.frames.entries.filter(typed(type)).length;

test("a session begins with a heartbeat and a request for exit nodes, byte for byte as newt writes them", async () => {
  const { server, site } = await connected();
  await server.frames.until(() => true, 2);
  await site.stop();
  await server.closes.until(() => true);

  expect(server.upgrades[0]?.search).toBe("?clientType=newt&token=tok1");
  const [ping, request, ...rest] = server.frames.entries;
  expect(ping).toBe('{"type":"newt/ping","data":{}}\n');
  expect(request).toMatch(/^\{"type":"newt\/ping\/request","data":\{"chainId":"[0-9a-f]{16}","noCloud":false\}\}\n$/);
  expect(rest).toEqual(['{"type":"newt/disconnecting","data":{}}\n']);
  expect(server.closes.entries).toEqual([1000]);
});

test("heartbeats come every 30 s with the last configVersion, and their round trips are told", async () => {
  const { server, clock, diary, site } = await connected();
  const [channel] = server.channels;
  await diary.happened("heartbeat");
  if (channel) send(channel, "newt/unheard-of", {}, 7);
  if (channel) send(channel, "newt/wg/terminate", {}, 7);
  await diary.happened("command");
  clock.advance(30_000);
  await diary.happened("heartbeat", 2);
  expect(server.frames.entries.at(-1)).toBe('{"type":"newt/ping","data":{},"configVersion":7}\n');
  await site.stop();
});

test("compressed frames are read, broken ones are ignored", async () => {
  const { server, diary, site } = await connected();
  const [channel] = server.channels;
  channel?.send(new Uint8Array([1, 2, 3]));
  channel?.send("not JSON");
  channel?.send(gzipSync(JSON.stringify({ type: "newt/wg/terminate", data: {}, configVersion: 3 })));
  expect(await diary.happened("command")).toMatchObject({ action: "newt/wg/terminate", success: true });
  expect(diary.all("disconnected")).toEqual([]);
  await site.stop();
});

test("exit nodes are asked for sixteen times at three seconds; a hardened site goes on with each heartbeat", async () => {
  for (const { persona, asks } of [
    { persona: newt, asks: 16 },
    { persona: quick, asks: 19 },
  ]) {
    const { server, clock, site } = await connected(
      { mute: true },
      { persona: { ...persona, readDeadlineMs: undefined } },
    );
    clock.advance(120_000);
    await server.frames.until(typed("newt/ping"), 5);
    expect(count(server, "newt/ping/request")).toBe(asks);
    await site.stop();
  }
});

test("an answer without exit nodes ends the asking until the server wants it again", async () => {
  const { server, clock, diary, site } = await connected();
  await diary.happened("heartbeat");
  clock.advance(29_000);
  const [channel] = server.channels;
  if (channel) send(channel, "newt/wg/reconnect", {});
  await server.frames.until(typed("newt/ping/request"), 2);
  expect(count(server, "newt/ping/request")).toBe(2);
  await site.stop();
});

test("a server that falls silent is left 60 s after it was heard last, and found again", async () => {
  const { server, clock, diary, site } = await connected();
  await diary.happened("heartbeat");
  clock.advance(30_000);
  await diary.happened("heartbeat", 2);
  // Nothing is read while the clock is moved: the server might as well be gone.
  clock.advance(59_999);
  expect(server.channels).toHaveLength(1);
  clock.advance(1);
  expect(await diary.happened("disconnected")).toMatchObject({ code: 1006, ms: 90_000 });
  clock.advance((await diary.happened("waiting")).ms);
  await diary.happened("connected", 2);
  await site.stop();
});

test("asked to restart, the device says goodbye, reads its config file again and returns", async () => {
  const { server, clock, diary, disk, site } = await connected();
  const elsewhere = await serve();
  disk.write("newt.json", { endpoint: elsewhere.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const [channel] = server.channels;
  if (channel) send(channel, "newt/wg/restart", {});
  clock.advance((await diary.happened("waiting")).ms);
  await elsewhere.frames.until(() => true);
  expect(server.closes.entries).toEqual([1000]);
  await site.stop();
});

test("a refused upgrade gets a new token for the next try", async () => {
  let refusals = 0;
  const clock = new ManualClock();
  const server = await serve({ upgrade: () => (refusals++ === 0 ? 401 : undefined) });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const { diary, site } = live(disk.boot({ clock }), { persona: quick });
  clock.advance((await diary.happened("waiting")).ms);
  await diary.happened("connected");
  await site.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "connect", kind: "status", status: 401 }]);
  expect(diary.all("token")).toHaveLength(2);
  expect(server.upgrades).toHaveLength(2);
});

test("newt as shipped returns in the same moment, a hardened site at a moment of its own", async () => {
  for (const persona of [newt, hardened]) {
    const { server, clock, diary, site } = await connected({}, { persona });
    await diary.happened("heartbeat");
    clock.advance(30_000);
    await diary.happened("heartbeat", 2);
    server.channels[0]?.close(1001);
    if (persona === newt) await diary.happened("connected", 2);
    else expect((await diary.happened("waiting")).ms).toBeLessThanOrEqual(5_000);
    expect(diary.all("waiting")).toHaveLength(persona === newt ? 0 : 1);
    await site.stop();
  }
});

test("a stop ends every wait", async () => {
  const server = await serve();
  server.close();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const { site, diary, end } = live(disk.boot({ clock: new ManualClock() }));
  await diary.happened("waiting");
  await site.stop();
  expect(await end).toEqual({ kind: "stopped" });
  expect(diary.all("failed")).toMatchObject([{ step: "token", kind: "network" }]);
});

test("a server without TLS behind an https endpoint is a failure of TLS, not of the network", async () => {
  const server = await serve();
  const disk = box();
  const endpoint = server.url.replace("http:", "https:");
  disk.write("newt.json", { endpoint, id: "abcdefghij12345", secret: "s3cr3t" });
  const { site, diary } = live(disk.boot({ clock: new ManualClock() }));
  await diary.happened("waiting");
  await site.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "token", kind: "tls" }]);
});
