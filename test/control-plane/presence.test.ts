import { expect, test } from "vitest";
import { Presence } from "../../src/control-plane/channel/presence.js";
import { Process } from "../../src/world/process.js";
import { RealClock } from "../../src/world/real/clock.js";
import { changed } from "../changed.js";

/** A channel that notes what is done to it. */
function channel(heardAt: number, openedAt = 0) {
  const done: string[] = [];
  return {
    address: "192.0.2.1",
    openedAt,
    heardAt,
    done,
    probe: () => done.push("probe"),
    terminate: () => done.push("terminate"),
    end: (code: number) => done.push(`end ${code}`),
  };
}

function presenceAt(monotonic: number): Presence<ReturnType<typeof channel>> {
  return presenceBy(() => monotonic);
}

function presenceBy(monotonic: () => number): Presence<ReturnType<typeof channel>> {
  return new Presence(changed(new RealClock(new Process("test")), { now: () => 1_000_000, monotonic }));
}

test("a sweep leaves the living alone, probes the silent and drops what gave no sign of life for 75 s", () => {
  const presence = presenceAt(200_000);
  const [living, silent, dead] = [channel(165_001), channel(165_000), channel(125_000)];
  presence.enter("living", living);
  presence.enter("silent", silent);
  presence.enter("dead", dead);
  presence.sweep();
  expect(living.done).toEqual([]);
  expect(silent.done).toEqual(["probe"]);
  expect(dead.done).toEqual(["terminate"]);
});

test("a server that stood still drops nobody before it has heard what came meanwhile", () => {
  let now = 0;
  const presence = presenceBy(() => now);
  const one = channel(0);
  presence.enter("one", one);
  now = 80_000;
  presence.sweep();
  expect(one.done).toEqual(["probe"]);
  now = 95_000;
  presence.sweep();
  expect(one.done).toEqual(["probe", "terminate"]);
});

test("the newest channel of an identity wins, and the older one's end does not end it", () => {
  const presence = presenceAt(0);
  const [older, newer] = [channel(0), channel(0)];
  presence.enter("one", older);
  presence.enter("one", newer);
  expect(older.done).toEqual(["end 4000"]);
  expect(presence.leave("one", older)).toBe(false);
  expect(presence.get("one")).toBe(newer);
  expect(presence.leave("one", newer)).toBe(true);
  expect(presence.size).toBe(0);
});

test("last heard is told in wall time", () => {
  const presence = presenceAt(60_000);
  presence.enter("one", channel(20_000));
  expect(presence.lastHeard("one")).toBe(new Date(1_000_000 - 40_000).toISOString());
  expect(presence.lastHeard("another")).toBeUndefined();
});

test("only one who is in two places makes the next wait, until the other has had ten seconds", () => {
  let now = 0;
  const presence = presenceBy(() => now);
  presence.enter("one", channel(0));
  expect(presence.waitMs("one", "192.0.2.2")).toBe(0);
  presence.markDouble("one");
  expect(presence.waitMs("one", "192.0.2.2")).toBe(10_000);
  expect(presence.waitMs("another", "192.0.2.2")).toBe(0);
  now = 9_999;
  expect(presence.waitMs("one", "192.0.2.2")).toBe(1);
  now = 10_000;
  expect(presence.waitMs("one", "192.0.2.2")).toBe(0);
  presence.enter("one", channel(now, now));
  now = 12_000;
  expect(presence.waitMs("one", "192.0.2.2")).toBe(8_000);
});

test("who is alone again does not wait: neither for one who has left, nor ten minutes after both were there", () => {
  let now = 0;
  const presence = presenceBy(() => now);
  const last = channel(0);
  presence.enter("one", last);
  presence.markDouble("one");
  presence.leave("one", last);
  expect(presence.waitMs("one", "192.0.2.2")).toBe(0);
  now = 600_000;
  presence.sweep();
  presence.enter("one", channel(now, now));
  expect(presence.waitMs("one", "192.0.2.2")).toBe(0);
});

test("of two with one identity, the one that was sent away has the next turn, however often the other comes", () => {
  let now = 0;
  const presence = presenceBy(() => now);
  presence.enter("one", channel(0));
  presence.markDouble("one");
  expect(presence.waitMs("one", "192.0.2.9")).toBe(10_000);
  now = 10_000;
  expect(presence.waitMs("one", "192.0.2.1")).toBe(5_000);
  now = 12_000;
  expect(presence.waitMs("one", "192.0.2.9")).toBe(0);
});

test("who was sent away and does not come back keeps nobody out", () => {
  let now = 0;
  const presence = presenceBy(() => now);
  presence.enter("one", channel(0));
  presence.markDouble("one");
  presence.waitMs("one", "192.0.2.9");
  now = 15_000;
  expect(presence.waitMs("one", "192.0.2.1")).toBe(0);
});
