import { expect, test } from "vitest";
import { Allowance } from "../../src/control-plane/channel/allowance.js";
import { CommandQueue } from "../../src/control-plane/channel/edgeflow/command-queue.js";
import { Pulse } from "../../src/control-plane/channel/edgeflow/pulse.js";
import type { Frame } from "../../src/protocol/edgeflow/frame.js";
import { realWorld } from "../../src/world/real/index.js";
import { ManualClock } from "../device/support/clock.js";

/** A queue of a device that was let in now, with what was sent to it. */
function queue() {
  const clock = new ManualClock();
  const sent: Frame[] = [];
  const done = { probes: 0 };
  const commands = new CommandQueue(
    { ...realWorld(), clock },
    { send: (frame) => void sent.push(frame), probe: () => void done.probes++ },
  );
  commands.begin();
  const run = (action: string, timeoutMs = 10_000) => {
    const told: { outcome?: unknown } = {};
    const outcome = commands.run({ action }, timeoutMs).then((result) => {
      told.outcome = result;
      return result;
    });
    return { outcome, told };
  };
  const answer = (at: number) => commands.answer({ type: "response", id: sent[at]?.id, status: "success", data: at });
  return { clock, commands, sent, done, run, answer };
}

const actions = (frames: readonly Frame[]) => frames.map(({ action }) => action);

test("a command is sent when the one before it was answered", async () => {
  const { sent, run, answer } = queue();
  const [first, second] = [run("list_flows"), run("health_check")];
  expect(actions(sent)).toEqual(["list_flows"]);
  expect(answer(0)).toBe(true);
  expect(actions(sent)).toEqual(["list_flows", "health_check"]);
  answer(1);
  expect(await Promise.all([first.outcome, second.outcome])).toEqual([
    { status: "success", data: 0 },
    { status: "success", data: 1 },
  ]);
});

test("a command waits while a heartbeat is due, and goes right after it", () => {
  const { clock, commands, sent, run } = queue();
  clock.advance(29_499);
  run("list_flows");
  expect(sent).toHaveLength(1);
  commands.answer({ type: "response", id: sent[0]?.id, status: "success" });
  clock.advance(1);
  run("health_check");
  clock.advance(700);
  expect(sent).toHaveLength(1);
  commands.beat();
  expect(actions(sent)).toEqual(["list_flows", "health_check"]);
});

test("a heartbeat that does not come holds a command for half a second more", () => {
  const { clock, sent, run } = queue();
  clock.advance(29_600);
  run("health_check");
  clock.advance(899);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(actions(sent)).toEqual(["health_check"]);
});

test("the time for an answer starts when the command is sent, not when it begins to wait", async () => {
  const { clock, commands, sent, run, answer } = queue();
  clock.advance(29_600);
  const command = run("health_check", 1_000);
  clock.advance(800);
  commands.beat();
  clock.advance(999);
  expect(command.told).toEqual({});
  answer(0);
  expect(await command.outcome).toEqual({ status: "success", data: 0 });
  expect(sent).toHaveLength(1);
});

test("a late answer is nobody's, and the next command waits for a sign of life", async () => {
  const { clock, commands, sent, done, run, answer } = queue();
  const first = run("get_system_metrics", 1_000);
  const second = run("health_check", 1_000);
  clock.advance(21_000);
  expect(await first.outcome).toBe("timeout");
  expect([actions(sent), done.probes]).toEqual([["get_system_metrics"], 1]);
  commands.heard();
  expect(actions(sent)).toEqual(["get_system_metrics", "health_check"]);
  expect(answer(0)).toBe(false);
  await Promise.resolve();
  expect(second.told).toEqual({});
  answer(1);
  expect(await second.outcome).toEqual({ status: "success", data: 1 });
  expect(answer(1)).toBe(false);
});

test("32 commands may wait, and none for longer than a minute once it might have been sent", async () => {
  const { clock, commands, sent, run, answer } = queue();
  const first = run("first", 60_000);
  const waiting = Array.from({ length: 32 }, (_, n) => run(`${n}`));
  expect(await run("one too many").outcome).toBe("busy");
  clock.advance(59_000);
  answer(0);
  await first.outcome;
  expect(actions(sent)).toEqual(["first", "0"]);
  clock.advance(1_000);
  answer(1);
  expect(await Promise.all(waiting.slice(1).map(({ outcome }) => outcome))).toEqual(Array(31).fill("busy"));
  expect(commands.holds("31")).toBe(false);
});

test("whoever waits when the tunnel ends hears that the device is offline, and so does who comes later", async () => {
  const { clock, commands, sent, run } = queue();
  const all = [run("sent"), run("waiting")];
  commands.end();
  all.push(run("late"));
  expect(await Promise.all(all.map(({ outcome }) => outcome))).toEqual(Array(3).fill("offline"));
  clock.advance(120_000);
  expect(sent).toHaveLength(1);
});

test("nothing is sent before the device has been welcomed", () => {
  const clock = new ManualClock();
  const sent: Frame[] = [];
  const commands = new CommandQueue(
    { ...realWorld(), clock },
    { send: (frame) => void sent.push(frame), probe: () => {} },
  );
  void commands.run({ action: "health_check" }, 1_000);
  commands.heard();
  expect(sent).toEqual([]);
  commands.begin();
  expect(actions(sent)).toEqual(["health_check"]);
});

test("every heartbeat loop of a device has its own times, and a stopped one is forgotten", () => {
  const pulse = new Pulse();
  pulse.beat(0);
  pulse.beat(10_000);
  expect([29_400, 29_500, 30_500, 30_501, 35_000, 40_000].map((now) => pulse.quietMs(now))).toEqual([
    0, 1_000, 0, 0, 0, 500,
  ]);
  pulse.beat(30_100);
  expect([30_200, 39_800, 60_000].map((now) => pulse.quietMs(now))).toEqual([0, 700, 600]);
  pulse.beat(60_100);
  expect([70_000, 90_000].map((now) => pulse.quietMs(now))).toEqual([0, 600]);
});

test("two loops that beat together are both waited for", () => {
  const pulse = new Pulse();
  pulse.beat(0);
  pulse.beat(300);
  pulse.beat(30_000);
  expect(pulse.quietMs(30_001)).toBe(799);
  pulse.beat(30_300);
  expect(pulse.quietMs(30_301)).toBe(0);
});

test("a flood of heartbeats does not keep commands away for ever", () => {
  const pulse = new Pulse();
  let quiet = 0;
  for (let now = 0; now < 120_000; now += 50) {
    pulse.beat(now);
    if (pulse.quietMs(now) > 0) quiet++;
  }
  expect(quiet).toBe(0);
});

test("an allowance is for a minute", () => {
  const allowance = new Allowance(0);
  const spend = (now: number) => allowance.spend(1, now);
  expect(Array.from({ length: 600 }, (_, at) => spend(at)).every(Boolean)).toBe(true);
  expect([spend(59_999), spend(60_000)]).toEqual([false, true]);
});
