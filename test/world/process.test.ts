import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Process } from "../../src/world/process.js";
import { realWorld } from "../../src/world/real/index.js";
import { echo } from "./contract/stage.js";

/** Whether a promise settles within a few turns of the event loop and 20 ms. */
async function settles(promise: Promise<unknown>): Promise<boolean> {
  const quiet = pause(20, false);
  return Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    quiet,
  ]);
}

describe("a killed process", () => {
  it("never sees another operation settle, neither good nor bad", async () => {
    const process = new Process("p");
    let resolve = (_: number): void => {};
    const good = process.wait(
      new Promise<number>((done) => {
        resolve = done;
      }),
    );
    const bad = process.wait(pause(1).then(() => Promise.reject(new Error("late"))));
    process.kill();
    resolve(1);
    expect(await settles(good)).toBe(false);
    expect(await settles(bad)).toBe(false);
    expect(await settles(process.step() ?? Promise.resolve())).toBe(false);
    expect(await settles(process.wait(Promise.resolve(1)))).toBe(false);
  });

  it("drops what it holds, once, also what it takes after death", () => {
    const process = new Process("p");
    const dropped: string[] = [];
    process.holds(() => dropped.push("a"));
    process.holds(() => dropped.push("b"))();
    process.kill();
    process.kill();
    process.holds(() => dropped.push("c"));
    expect(dropped).toEqual(["a", "c"]);
  });

  it("has no timers and no sleep that ends", async () => {
    const { clock, process } = realWorld();
    let fired = false;
    clock.after(1, () => {
      fired = true;
    });
    const sleep = clock.sleep(1);
    process.kill();
    expect(await settles(sleep)).toBe(false);
    expect(await settles(clock.sleep(1))).toBe(false);
    expect(fired).toBe(false);
  });
});

describe("a killed process of the machine", () => {
  it("does not wake when a signal aborts", async () => {
    const { clock, process } = realWorld();
    const waking = new AbortController();
    const sleep = clock.sleep(60_000, waking.signal);
    process.kill();
    waking.abort();
    expect(await settles(sleep)).toBe(false);
    expect(await settles(clock.sleep(60_000, waking.signal))).toBe(false);
  });

  it("leaves its port, also one that it was just taking", async () => {
    const [first, second] = [realWorld(), realWorld()];
    const options = { host: "127.0.0.1", port: 0 };
    const free = await first.network.listen(options, echo);
    await free.close();
    const taken = { ...options, port: free.port };
    const listening = first.network.listen(taken, echo);
    first.process.kill();
    expect(await settles(listening)).toBe(false);
    await expect(second.network.listen(taken, echo)).resolves.toMatchObject(taken);
    second.process.kill();
  });

  it("has no server whose close settles", async () => {
    const { network, process } = realWorld();
    const [one, other] = [
      await network.listen({ host: "127.0.0.1", port: 0 }, echo),
      await network.listen({ host: "127.0.0.1", port: 0 }, echo),
    ];
    const closing = one.close();
    process.kill();
    expect(await settles(closing)).toBe(false);
    expect(await settles(other.close())).toBe(false);
  });
});

describe("a clock", () => {
  it("ends a sleep early when its signal aborts", async () => {
    const { clock } = realWorld();
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort();
    await sleep;
    await clock.sleep(60_000, controller.signal);
  });

  it("gathers what comes in one turn", async () => {
    const { clock } = realWorld();
    const order: string[] = [];
    const turn = clock.turn().then(() => order.push("turn"));
    await Promise.resolve().then(() => order.push("microtask"));
    await turn;
    expect(order).toEqual(["microtask", "turn"]);
  });
});
