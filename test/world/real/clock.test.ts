import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/world/random.js";
import { realWorld } from "../../../src/world/real/index.js";

const source = fileURLToPath(new URL("../../../src/world/real/index.ts", import.meta.url));

/** Milliseconds until a program ends that does so to its clock. */
function lifetime(deed: string): number {
  const script = `import { realWorld } from ${JSON.stringify(source)};
const { clock, process: life } = realWorld();
const began = performance.now();
process.on("exit", () => console.log(performance.now() - began));
${deed}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  expect(stderr.toString()).toBe("");
  return Number(stdout);
}

describe("timers of the machine", () => {
  it("ring in order and never early, thousands of them, and so do those that were set anew", async () => {
    const random = seededRandom("timers");
    const worlds = Array.from({ length: 50 }, () => realWorld());
    const rung: { earliest: number; latest: number; at: number }[] = [];
    await Promise.all(
      Array.from({ length: 5_000 }, (_, index) => {
        const { clock } = worlds[index % worlds.length] ?? realWorld();
        return new Promise<void>((resolve) => {
          let [earliest, latest] = [0, 0];
          const alarm = clock.alarm({
            ring: () => {
              rung.push({ earliest, latest, at: performance.now() });
              resolve();
            },
          });
          const set = (ms: number): void => {
            earliest = performance.now() + ms;
            alarm.set(ms);
            latest = performance.now() + ms;
          };
          set(random.float() * 200);
          if (index % 3 === 0) set(random.float() * 200);
        });
      }),
    );
    expect(rung.filter(({ earliest, at }) => at < earliest)).toEqual([]);
    let due = 0;
    for (const { earliest, latest } of rung) {
      due = Math.max(due, Math.ceil(earliest));
      // Nothing has rung that was due after this one for certain.
      expect(due).toBeLessThanOrEqual(Math.ceil(latest));
    }
  });

  it("do not ring once they are cancelled, or their process is dead", async () => {
    const [one, other] = [realWorld(), realWorld()];
    const rung: string[] = [];
    const note = (what: string) => () => void rung.push(what);
    one.clock.after(5, note("cancelled")).cancel();
    one.clock.after(10, note("dead"));
    const alarm = one.clock.alarm({ ring: note("dead alarm") });
    alarm.set(10);
    const last = new Promise<void>((resolve) => other.clock.after(20, resolve));
    other.clock.after(10, note("living"));
    one.process.kill();
    alarm.set(1);
    one.clock.after(1, note("too late"));
    alarm.cancel();
    await last;
    expect(rung).toEqual(["living"]);
  });

  it("of one millisecond let promises run between them, as far as they can", async () => {
    const { clock } = realWorld();
    const order: string[] = [];
    const steps = async (name: string): Promise<void> => {
      order.push(name);
      await undefined;
      await undefined;
      order.push(`${name}, later`);
    };
    await new Promise<void>((resolve) => {
      clock.after(5, () => void steps("first"));
      clock.after(5, () => void steps("second"));
      clock.after(6, resolve);
    });
    expect(order).toEqual(["first", "first, later", "second", "second, later"]);
  });

  it("go on when one of them throws", async () => {
    const { clock } = realWorld();
    const { promise: thrown, resolve: caught } = withResolvers<unknown>();
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", caught);
    const mistake = new Error("of its own");
    clock.after(5, () => {
      throw mistake;
    });
    const next = new Promise<void>((resolve) => clock.after(5, resolve));
    expect(await thrown).toBe(mistake);
    await next;
    for (const listener of listeners) process.on("uncaughtException", listener);
  });

  it("rest when none is set, and go on afterwards", async () => {
    const { clock } = realWorld();
    await clock.sleep(2);
    await pause(30);
    const began = performance.now();
    await clock.sleep(40);
    expect(performance.now() - began).toBeGreaterThanOrEqual(40);
  });

  it("keep the program alive while one is set, and no longer", () => {
    expect(lifetime("clock.after(200, () => {});")).toBeGreaterThanOrEqual(200);
    expect(lifetime("clock.after(60_000, () => {}).cancel();")).toBeLessThan(5_000);
    expect(lifetime("clock.after(60_000, () => {}); life.kill();")).toBeLessThan(5_000);
  });
});

function withResolvers<T>() {
  let resolve = (_: T): void => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}
