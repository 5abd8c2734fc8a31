import { describe, expect, it } from "vitest";
import { pick } from "../../../src/world/random.js";
import { type VirtualLife, VirtualWorld } from "../../../src/world/virtual/index.js";
import { echo, get, patience } from "../contract/stage.js";
import { connected, diary, garbageCollector, minute, onlooker, played, still } from "./support.js";

/** Every call that a process waits for. */
const calls: Readonly<Record<string, (world: VirtualLife) => Promise<unknown>>> = {
  sleep: ({ clock }) => clock.sleep(10),
  "a sleep that is woken": ({ clock }) => {
    const waking = new AbortController();
    clock.after(1, () => waking.abort());
    return clock.sleep(minute, waking.signal);
  },
  turn: ({ clock }) => clock.turn(),
  step: async ({ process }) => {
    for (let steps = 0; steps < 20; steps++) await process.step();
  },
  "a promise of its own": ({ clock, process }) => process.wait(clock.sleep(1)),
  "disk.read": ({ disk }) => disk.read("/file"),
  "disk.write": ({ disk }) => disk.write("/other", "text"),
  "disk.write that fails": ({ disk }) => disk.write("/", "text"),
  "disk.fsync": ({ disk }) => disk.fsync("/file"),
  "disk.fsyncDirectory": ({ disk }) => disk.fsyncDirectory("/"),
  "disk.rename": ({ disk }) => disk.rename("/file", "/renamed"),
  "disk.remove": ({ disk }) => disk.remove("/file"),
  "disk.makeDirectory": ({ disk }) => disk.makeDirectory("/directory"),
  "disk.list": ({ disk }) => disk.list("/"),
  "disk.stat": ({ disk }) => disk.stat("/file"),
  request: (world) => get(world, "http://shop/"),
  "a request to nowhere": (world) => get(world, "http://nowhere/"),
  connect: ({ network }) => network.connect("ws://shop/echo", patience),
  "a refused connect": ({ network }) => network.connect("ws://shop/", patience),
  listen: ({ network }) => network.listen({ host: "0.0.0.0", port: 80 }, echo),
  "a server's close": async ({ network }) => (await network.listen({ host: "0.0.0.0", port: 80 }, echo)).close(),
  knock: ({ network }) => network.knock({ host: "shop", port: 80, ...patience }),
  "a refused knock": ({ network }) => network.knock({ host: "shop", port: 81, ...patience }),
  "a request alone": ({ network }) => network.request({ method: "GET", url: "http://shop/", once: true, ...patience }),
  udp: ({ network }) => network.udp({ host: "0.0.0.0", port: 0 }, () => {}),
};

/** Calls that may be over at the moment in which they begin. */
const instant: ReadonlySet<string> = new Set([
  "turn",
  "step",
  "a request to nowhere",
  "listen",
  "a server's close",
  "udp",
]);

/** Whether a call settles within a minute, when its process is killed at a moment. */
async function settles(
  call: (world: VirtualLife) => Promise<unknown>,
  killed: "never" | "before the call" | "after the call" | "on its way",
): Promise<boolean> {
  const virtual = new VirtualWorld({ seed: 1 });
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  await virtual.run(async () => {
    await virtual.host("shop").boot().network.listen({ host: "0.0.0.0", port: 80 }, echo);
    const box = virtual.host("box");
    box.disk.put("/file", "text");
    const world = box.boot();
    if (killed === "before the call") world.process.kill();
    void call(world).then(settle, settle);
    if (killed === "after the call") world.process.kill();
    if (killed === "on its way") virtual.after(0, () => world.process.kill());
    await onlooker(virtual).sleep(minute);
  });
  return settled;
}

describe.each(Object.entries(calls))("%s", (name, call) => {
  it("settles as long as its process lives", async () => {
    expect(await settles(call, "never")).toBe(true);
  });

  it("never settles once it is killed, whether it was begun before or after", async () => {
    expect(await settles(call, "before the call")).toBe(false);
    expect(await settles(call, "after the call")).toBe(false);
    if (!instant.has(name)) expect(await settles(call, "on its way")).toBe(false);
  });
});

describe("a killed process", () => {
  it("runs neither its `finally` nor what comes after", async () => {
    const seen: string[] = [];
    await played(async (box) => {
      const { clock, process } = box.boot();
      async function main(): Promise<void> {
        try {
          seen.push("try");
          await clock.sleep(10);
          seen.push("after");
        } catch {
          seen.push("catch");
        } finally {
          seen.push("finally");
        }
      }
      void main();
      process.kill();
    });
    expect(seen).toEqual(["try"]);
  });

  it("goes on to its next await when it kills itself, and nothing it calls has an effect", async () => {
    const seen: unknown[] = [];
    const trace = await played(async (box, virtual) => {
      const logged: string[] = [];
      const note = (message: string): unknown => logged.push(message);
      const log = { debug: note, info: note, warn: note, error: note };
      const { clock, disk, process, log: own, network } = box.boot({ log });
      const received: string[] = [];
      const inbox = await virtual
        .host("inbox", still)
        .boot()
        .network.udp({ host: "0.0.0.0", port: 9 }, (data) => received.push(Buffer.from(data).toString()));
      const socket = await network.udp({ host: "0.0.0.0", port: 0 }, () => {});
      socket.send(Buffer.from("alive"), { host: "inbox", port: inbox.port });
      await clock.sleep(1);
      own.info("alive");
      clock.after(1, () => seen.push("a timer from before"));
      process.kill();
      seen.push("the same task");
      own.info("dead");
      clock.after(1, () => seen.push("a timer"));
      socket.send(Buffer.from("dead"), { host: "inbox", port: inbox.port });
      void disk.write("/file", "text");
      void get({ clock, disk, process, network, log: own, random: virtual.random, env: {} }, "http://inbox/");
      await onlooker(virtual).sleep(minute);
      seen.push(logged, received, box.disk.get("/file"));
    });
    expect(seen).toEqual(["the same task", ["alive"], ["alive"], undefined]);
    expect(trace.filter((entry) => entry.startsWith("box ")).at(-1)).toBe("box process ends");
  });

  it("sends nothing on its channels, whose other ends hear that they are gone", async () => {
    await played(async (_, virtual) => {
      const { near, far, box } = await connected(virtual);
      const heard = diary(virtual, far);
      near.send("alive");
      await onlooker(virtual).sleep(1_000);
      box.kill();
      near.send("dead");
      near.ping();
      near.close();
      expect(near.open).toBe(false);
      await onlooker(virtual).sleep(minute);
      expect(heard.heard()).toEqual(["alive", 1006]);
    });
  });

  it("leaves undone what was under way on its disk", async () => {
    await played(async (box, virtual) => {
      box.disk.put("/file", "old");
      const { disk } = box.boot();
      void disk.write("/file", "new");
      void disk.rename("/file", "/renamed");
      box.kill();
      await onlooker(virtual).sleep(minute);
      expect([...box.disk.snapshot().keys()]).toEqual(["/file"]);
      expect(box.disk.get("/file")?.toString()).toBe("old");
    });
  });

  it("may be killed by a task of another, which goes on", async () => {
    const seen: string[] = [];
    await played(async (box, virtual) => {
      const victim = box.boot();
      const other = box.boot();
      const killer = virtual.host("killer").boot();
      victim.clock.after(5, () => seen.push("victim"));
      other.clock.after(5, () => seen.push("other"));
      killer.clock.after(4, () => {
        victim.process.kill();
        seen.push("killer");
      });
    });
    expect(seen).toEqual(["killer", "other"]);
  });

  it("goes with all processes of its host, at once", async () => {
    const seen: string[] = [];
    await played(async (box) => {
      const [first, second] = [box.boot(), box.boot()];
      for (const { clock } of [first, second]) clock.after(2, () => seen.push("alive"));
      first.clock.after(1, () => box.kill());
    });
    expect(seen).toEqual([]);
  });

  it("has no server whose close settles", async () => {
    let closed = false;
    await played(async (box) => {
      const { network, process } = box.boot();
      const server = await network.listen({ host: "0.0.0.0", port: 80 }, echo);
      process.kill();
      void server.close().then(() => {
        closed = true;
      });
    });
    expect(closed).toBe(false);
  });

  it("does not take with it the process that is booted at its end", async () => {
    const survivors: boolean[] = [];
    await played(async (box) => {
      for (let lives = 0; lives < 3; lives++) {
        box.boot().process.holds(() => {
          if (survivors.length > 9) return;
          const { process } = box.boot();
          survivors.push(process.alive);
          process.holds(() => survivors.push(process.alive));
        });
      }
      box.kill();
    });
    expect(survivors).toEqual([true, true, true]);
  });

  it.each(["before", "after"] as const)("dies %s the call at which its host's hazard strikes", async (fate) => {
    const seen: string[] = [];
    const trace = await played(async (box) => {
      const { disk } = box.boot();
      box.hazard = (call) => {
        seen.push(call);
        return call === "writes /b" ? fate : undefined;
      };
      void (async () => {
        for (const name of ["a", "b", "c"]) await disk.write(`/${name}`, "text");
      })();
    });
    expect(seen).toEqual(["writes /a", "writes /b"]);
    expect(trace).toEqual(["box writes /a", ...(fate === "after" ? ["box writes /b"] : []), "box process ends"]);
  });

  it("dies at a hazard though its sleep was over before it began", async () => {
    let slept = false;
    await played(async (box) => {
      const { clock } = box.boot();
      box.hazard = () => "after";
      void clock.sleep(1, AbortSignal.abort()).then(() => {
        slept = true;
      });
    });
    expect(slept).toBe(false);
  });

  it("keeps nothing of those who wait for it for ever", async () => {
    const collect = garbageCollector();
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const waits = 50_000;
    const virtual = new VirtualWorld({ seed: 1 });
    const box = virtual.host("box");
    const { clock, disk, network, process: own } = box.boot();
    async function waitWith(wait: () => Promise<unknown>): Promise<string[]> {
      const ballast = new Array<string>(100).fill("ballast");
      await wait();
      return ballast;
    }
    const before = heap();
    await virtual.run(async () => {
      for (let count = 0; count < waits; count++) void waitWith(() => clock.sleep(1));
      own.kill();
      const late: readonly (() => Promise<unknown>)[] = [
        () => clock.turn(),
        () => clock.sleep(1),
        () => disk.read("/file"),
        () => own.step() ?? Promise.resolve(),
        () => network.connect("ws://shop/", patience),
      ];
      for (let count = 0; count < waits; count++) void waitWith(pick(virtual.random, late));
      await onlooker(virtual).sleep(1_000);
    });
    const grown = heap() - before;
    expect(own.alive).toBe(false);
    // A hundred words each, if they were kept: 80 MB.
    expect(grown).toBeLessThan(16_000_000);
  });
});
