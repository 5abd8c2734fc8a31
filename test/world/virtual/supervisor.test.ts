import { describe, expect, it } from "vitest";
import { supervise, type VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";
import { moment } from "../contract/stage.js";
import { minute, onlooker, played } from "./support.js";

describe("a supervisor", () => {
  /** When each life began, milliseconds. */
  function lives(virtual: VirtualWorld) {
    const began: number[] = [];
    const main = async (_: World): Promise<void> => {
      began.push(virtual.now);
    };
    return { began, main };
  }

  it("starts the next process so long after the end of one, by kill, power loss or its own hand", async () => {
    const begins: number[] = [];
    await played(async (box, virtual) => {
      const { clock } = virtual.host("operator").boot();
      const { began, main } = lives(virtual);
      const own = moment<World>();
      const supervisor = supervise(
        virtual,
        box,
        async (world) => {
          await main(world);
          if (began.length === 3) own.resolve(world);
        },
        { restartAfterMs: 100 },
      );
      await clock.sleep(1_000);
      box.kill();
      await clock.sleep(1_000);
      box.losePower();
      expect(box.powered).toBe(false);
      await clock.sleep(1_000);
      expect(box.powered).toBe(true);
      (await own.come).process.kill();
      await clock.sleep(1_000);
      begins.push(...began);
      expect(supervisor.lives).toBe(4);
    });
    expect(begins).toEqual([0, 1_100, 2_100, 3_100]);
  });

  it("asks its policy anew for each wait", async () => {
    await played(async (box, virtual) => {
      const { began, main } = lives(virtual);
      const waits = [10, 500];
      supervise(virtual, box, main, { restartAfterMs: () => waits.shift() ?? minute });
      box.kill();
      await onlooker(virtual).sleep(100);
      box.kill();
      await onlooker(virtual).sleep(1_000);
      expect(began).toEqual([0, 10, 600]);
    });
  });

  it("starts no more lives than it may, and none once it is stopped", async () => {
    await played(async (box, virtual) => {
      const { clock } = virtual.host("operator").boot();
      const limited = lives(virtual);
      supervise(virtual, box, limited.main, { restartAfterMs: 1, lives: 2 });
      const other = virtual.host("other");
      const stopped = lives(virtual);
      const supervisor = supervise(virtual, other, stopped.main, { restartAfterMs: 1 });
      for (let kills = 0; kills < 3; kills++) {
        if (kills === 1) supervisor.stop();
        box.kill();
        other.kill();
        await clock.sleep(1_000);
      }
      expect(limited.began).toHaveLength(2);
      expect(stopped.began).toHaveLength(2);
    });
  });

  it("gives a life its environment and log", async () => {
    const seen: unknown[] = [];
    const note = (message: string): unknown => seen.push(message);
    const log = { debug: note, info: note, warn: note, error: note };
    await played(async (box, virtual) => {
      supervise(
        virtual,
        box,
        async (world) => {
          seen.push(world.env);
          world.log.info("hello");
        },
        { restartAfterMs: 1, env: { SERIAL: "7" }, log },
      );
    });
    expect(seen).toEqual([{ SERIAL: "7" }, "hello"]);
  });

  it("takes no notice of what is thrown in a process that is dead by then, and fails the run by a living one", async () => {
    const careless = async (world: World): Promise<void> => {
      void world.disk.read("/file");
      throw new Error("thrown");
    };
    await played(async (box, virtual) => {
      box.hazard = () => "before";
      supervise(virtual, box, careless, { restartAfterMs: 1, lives: 3 });
    });
    const living = played(async (box, virtual) => supervise(virtual, box, careless, { restartAfterMs: 1 }));
    await expect(living).rejects.toThrow("thrown");
  });
});
