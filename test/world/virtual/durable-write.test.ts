import { dirname } from "node:path/posix";
import { describe, expect, it } from "vitest";
import type { Disk } from "../../../src/world/disk.js";
import { writeDurably } from "../../../src/world/durable.js";
import { afterPowerLoss, host, seeds } from "./disk-stage.js";

describe("a durable write", () => {
  /** The same without the fsync before the rename. */
  async function writeHastily(disk: Disk, path: string, data: string): Promise<void> {
    await disk.write(`${path}.new`, data);
    await disk.rename(`${path}.new`, path);
    await disk.fsyncDirectory(dirname(path));
  }

  /** What the file holds when power is lost at a call, before or after its effect; undefined if no call was left. */
  async function struck(
    write: typeof writeHastily,
    at: number,
    fate: "before" | "after",
    seed: number,
  ): Promise<string | undefined> {
    const { world, box } = host(seed);
    box.disk.put("a/config", "the old content");
    box.stroke = "power loss";
    let calls = 0;
    let done = false;
    await world.run(async () => {
      const { disk } = box.boot();
      box.hazard = () => (calls++ === at ? fate : undefined);
      void write(disk, "a/config", "the new content").then(() => {
        done = true;
      });
      await new Promise<void>((resolve) => world.after(1_000, resolve));
    });
    return done ? undefined : (box.disk.get("a/config")?.toString() ?? "nothing");
  }

  it("leaves the old content or the new wherever power is lost", async () => {
    const found = new Set<string>();
    let calls = 0;
    for (const seed of seeds.slice(0, 20))
      for (const fate of ["before", "after"] as const)
        for (let at = 0; ; at++) {
          const content = await struck(writeDurably, at, fate, seed);
          if (content === undefined) break;
          found.add(content);
          calls = Math.max(calls, at + 1);
        }
    expect([...found].sort()).toEqual(["the new content", "the old content"]);
    expect(calls).toBe(5);
  });

  it("is safe once it has returned, and private", async () => {
    for (const seed of seeds) {
      const disk = await afterPowerLoss(seed, async (disk, virtual) => {
        virtual.put("a/config", "old", 0o644);
        await writeDurably(disk, "a/config", "new");
      });
      expect([...disk.snapshot()]).toEqual([["/a/config", { data: Buffer.from("new"), mode: 0o600 }]]);
    }
  });

  it("is caught losing data without its fsync", async () => {
    const contents = new Set<string | undefined>();
    for (const seed of seeds) contents.add(await struck(writeHastily, 2, "after", seed));
    expect(contents).toContain("");
    expect(contents.size).toBeGreaterThan(5);
  });
});
