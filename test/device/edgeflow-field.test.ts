import { afterEach, expect, test } from "vitest";
import { Answering } from "../../src/device/edgeflow/answering.js";
import { ShadowClient } from "../../src/device/edgeflow/cloud.js";
import { Flows } from "../../src/device/edgeflow/flows.js";
import { Host } from "../../src/device/host.js";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import { type Random, seededRandom } from "../../src/world/random.js";
import { ManualClock } from "./support/clock.js";
import { cloud, command, liveDevice, sent, shadowPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import { withRequests } from "./support/requests.js";

afterEach(closeAll);

/** Chance that strikes whenever it can. */
const always: Random = { ...seededRandom(1), float: () => 0, bytes: (length) => Buffer.alloc(length) };
const never: Random = { ...always, float: () => 0.999_999 };

test("a device as shipped whose first connect fails never tries again", async () => {
  const server = await cloud({ welcome: null });
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot({ clock }), { persona: edgeflowField });
  await server.frames.until(() => true);
  clock.advance(10_000);
  expect(await end).toMatchObject({ kind: "failed", step: "connect" });
  expect(diary.all("waiting")).toEqual([]);
});

test("a device as shipped comes back after 5, 10, 15, 20 and 25 s, and each return starts the count anew", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary, end } = liveDevice(disk.boot({ clock }), { persona: edgeflowField });
  await diary.happened("connected");
  for (const turn of [1, 2]) {
    server.channels.at(-1)?.terminate();
    clock.advance((await diary.happened("waiting", turn)).ms);
    await diary.happened("connected", turn + 1);
  }
  server.close();
  for (const turn of [3, 4, 5, 6, 7]) clock.advance((await diary.happened("waiting", turn)).ms);
  expect(await end).toMatchObject({ kind: "failed", step: "connect" });
  expect(diary.all("waiting").map(({ ms }) => ms)).toEqual([5, 5, 5, 10, 15, 20, 25].map((seconds) => seconds * 1_000));
  expect(clock.pending).toBe(0);
  await device.stop();
});

/** The times of the heartbeats of a device that lost its tunnel after ten seconds, milliseconds. */
async function beats(persona: Persona): Promise<number[]> {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot({ clock }), { persona });
  await diary.happened("connected");
  clock.advance(10_000);
  server.channels[0]?.terminate();
  clock.advance((await diary.happened("waiting")).ms);
  await diary.happened("connected", 2);
  const since = clock.monotonic();
  expect(since).toBe(15_000);
  clock.advance(75_000);
  await device.stop();
  await server.closes.until((code) => code === 1000);
  const start = Date.UTC(2026, 1, 21, 12);
  return sent(server, "ping").map(({ timestamp }) => Date.parse(timestamp) - start);
}

test("a tunnel that is back before the next heartbeat has two in each interval, as shipped", async () => {
  expect(await beats(edgeflowField)).toEqual([30_000, 45_000, 60_000, 75_000, 90_000]);
});

test("a device as documented has one", async () => {
  const steady = { ...edgeflow.reconnect, delaysMs: [5_000], jitter: 0 };
  const persona: Persona = { ...edgeflow, reconnect: steady, readDeadlineMs: undefined };
  expect(await beats(persona)).toEqual([45_000, 75_000]);
});

test("a heartbeat that finds no tunnel is the last of its loop", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot({ clock }), { persona: edgeflowField });
  await diary.happened("connected");
  clock.advance(28_000);
  server.channels[0]?.terminate();
  clock.advance((await diary.happened("waiting")).ms);
  await diary.happened("connected", 2);
  clock.advance(60_000);
  await device.stop();
  await server.closes.until((code) => code === 1000);
  expect(sent(server, "ping")).toHaveLength(2);
});

test("a device as shipped polls its shadow once more with each connect, every five minutes; one as documented once", async () => {
  for (const [persona, polls] of [
    [edgeflowField, 2],
    [edgeflow, 1],
  ] as const) {
    const server = await cloud();
    const disk = box();
    const clock = new ManualClock();
    writeEnv(disk, server);
    const steady = { ...persona, readDeadlineMs: undefined, reconnect: { ...persona.reconnect, jitter: 0 } };
    const { device, diary } = liveDevice(disk.boot({ clock, random: never }), { persona: steady });
    await diary.happened("connected");
    while (server.asked(shadowPath).length < 2) await clock.turn();
    server.channels[0]?.terminate();
    clock.advance((await diary.happened("waiting")).ms);
    await diary.happened("connected", 2);
    while (server.asked(shadowPath).length < 4) await clock.turn();
    clock.advance(300_000);
    while (server.asked(shadowPath).length < 4 + polls) await clock.turn();
    await device.stop();
    expect(
      server
        .asked(shadowPath)
        .slice(4)
        .map(({ method }) => method),
    ).toEqual(Array(polls).fill("GET"));
    closeAll();
  }
});

test("what is desired and not reported is told to whoever wants to know", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const deltas: object[] = [];
  const { device, diary } = liveDevice(disk.boot(), { onDelta: (delta) => deltas.push(delta) });
  await diary.happened("connected");
  while (deltas.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await device.stop();
  expect(deltas).toEqual([{ led: true }, { led: true }]);
});

test("commands wait for the shadow as shipped, and not as documented", async () => {
  for (const [persona, waits] of [
    [edgeflowField, true],
    [edgeflow, false],
  ] as const) {
    const server = await cloud();
    const disk = box();
    writeEnv(disk, server);
    const clock = new ManualClock();
    const world = disk.boot({ clock, random: never });
    // A slow shadow: what is asked of it fails when the test says so.
    const late: (() => void)[] = [];
    const slow = withRequests(world, (asked, ask) =>
      asked.url.endsWith("/shadow")
        ? new Promise((resolve) => late.push(() => resolve({ status: 500, headers: {}, body: "" })))
        : ask(asked),
    );
    const { device, diary } = liveDevice(slow, { persona });
    await diary.happened("connected");
    command(server, "c1", "health_check");
    if (!waits) await diary.happened("command");
    while (late.length < 1) await clock.turn();
    late[0]?.();
    while (late.length < 2) await clock.turn();
    expect(diary.all("command")).toHaveLength(waits ? 0 : 1);
    late[1]?.();
    while (clock.pending < 3 && waits) await clock.turn();
    clock.advance(1);
    await diary.happened("command");
    await device.stop();
    closeAll();
  }
});

test("an answer without credentials is taken for a success as shipped, and the tunnel then fails", async () => {
  const server = await cloud({ provision: [{ status: 200, body: {} }] });
  const disk = box();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot(), { persona: edgeflowField });
  expect(await end).toEqual({ kind: "failed", step: "connect", reason: "there are no credentials" });
  expect(diary.all("exchange")).toMatchObject([{ outcome: "ok", status: 200 }]);
  expect(server.upgrades).toEqual([]);
});

/** A burst of commands for a device that is alone with its chance; how many it answered, and whether it came down. */
async function burst(persona: Persona, random: Random, count: number): Promise<{ answered: number; isDown: boolean }> {
  const clock = new ManualClock();
  const world = box().boot({ clock, random });
  const host = new Host(world, persona, () => {});
  const settings = { url: "127.0.0.1:9", tls: false };
  const shadow = new ShadowClient(host, settings, { deviceId: "d", apiKey: "k" }, undefined);
  const machine = { facts: () => Promise.reject(new Error()), metrics: () => Promise.reject(new Error()) };
  const answering = new Answering(host, { machine, flows: new Flows(), shadow, uptimeSeconds: () => 0 });
  const to = {
    answered: 0,
    isDown: false,
    respond: () => ++to.answered > 0,
    crash: () => {
      to.isDown = true;
    },
  };
  const all = [...Array(count).keys()].map((id) =>
    answering.answer({ type: "command", id: `${id}`, action: "list_flows" }, to),
  );
  for (let turn = 0; turn < 3; turn++) await clock.turn();
  clock.advance(1);
  await Promise.all(all);
  return to;
}

test("five hundred commands at once bring a device as shipped down, almost surely and after some answers", async () => {
  const bursts = await Promise.all([...Array(40).keys()].map((seed) => burst(edgeflowField, seededRandom(seed), 500)));
  expect(bursts.filter(({ isDown }) => isDown).length).toBeGreaterThanOrEqual(38);
  const mean = bursts.reduce((sum, { answered }) => sum + answered, 0) / bursts.length;
  expect(mean).toBeGreaterThan(40);
  expect(mean).toBeLessThan(250);
});

test("one command at a time never does", async () => {
  for (let turn = 0; turn < 50; turn++) {
    expect(await burst(edgeflowField, always, 1)).toMatchObject({ answered: 1, isDown: false });
  }
});

test("as documented, no burst does", async () => {
  expect(await burst(edgeflow, always, 500)).toMatchObject({ answered: 500, isDown: false });
});

test("a crash ends the life without a goodbye, and says what the runtime says", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot({ clock, random: always }), { persona: edgeflowField });
  await diary.happened("connected");
  while (server.asked(shadowPath).length < 2) await clock.turn();
  const before = clock.pending;
  for (const id of ["a", "b", "c"]) command(server, id, "list_flows");
  while (clock.pending < before + 3) await clock.turn();
  clock.advance(1);
  expect(await end).toEqual({ kind: "crashed", reason: "panic: concurrent write to websocket connection" });
  await server.closes.until((code) => code === 1006);
  expect(diary.all("command")).toEqual([]);
  expect(diary.entries.at(-1)?.type).toBe("stopped");
  expect(clock.pending).toBe(0);
});

test("an answer that is being written when a heartbeat is due may bring it down too", async () => {
  const server = await cloud();
  const disk = box();
  const clock = new ManualClock();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot({ clock, random: always }), { persona: edgeflowField });
  await diary.happened("connected");
  while (server.asked(shadowPath).length < 2) await clock.turn();
  clock.advance(29_999.5);
  const before = clock.pending;
  command(server, "a", "list_flows");
  while (clock.pending === before) await clock.turn();
  clock.advance(0.5);
  expect(await end).toMatchObject({ kind: "crashed" });
});

test("a device as shipped sends no protocol pings, and one that has a read deadline does", async () => {
  for (const [persona, pings] of [
    [edgeflowField, 0],
    [edgeflow, 1],
  ] as const) {
    const server = await cloud();
    const disk = box();
    const clock = new ManualClock();
    writeEnv(disk, server);
    let heard = 0;
    const { device, diary } = liveDevice(disk.boot({ clock }), { persona });
    await diary.happened("connected");
    server.channels[0]?.listen({ ping: () => void heard++, message: () => {}, close: server.closes.write });
    clock.advance(30_000);
    await device.stop();
    await server.closes.until((code) => code === 1000);
    expect(heard).toBe(pings);
    closeAll();
  }
});
