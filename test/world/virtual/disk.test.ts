import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Disk } from "../../../src/world/disk.js";
import { realWorld } from "../../../src/world/real/index.js";
import { type Action, actions, perform } from "./disk-actions.js";
import { host, texts } from "./disk-stage.js";

/** What an action says, with its errors' words, where the paths of two disks are the same below their roots. */
async function outcome(disk: Disk, action: Action, number: number, root: string): Promise<unknown> {
  try {
    return { value: await perform(disk, action, number) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code, syscall, errno } = { code: undefined, syscall: undefined, errno: undefined, ...error };
    return { code, syscall, errno, message: error.message.replaceAll(`'${root}`, "'") };
  }
}

describe("a virtual disk", () => {
  const scratch = mkdtempSync(join(tmpdir(), "firstboot-virtual-disk-"));
  afterAll(() => rmSync(scratch, { recursive: true }));
  let roots = 0;

  it("answers as the real disk does, to the words of its errors", async () => {
    await fc.assert(
      fc.asyncProperty(actions({ fsync: 1, fsyncDirectory: 1 }), async (sequence) => {
        const root = join(scratch, String(roots++));
        mkdirSync(root);
        const real: unknown[] = [];
        const { disk } = realWorld({ root });
        for (const [number, action] of sequence.entries()) real.push(await outcome(disk, action, number, root));
        const { world, box } = host();
        const virtual = await world.run(async () => {
          const outcomes: unknown[] = [];
          const { disk } = box.boot();
          for (const [number, action] of sequence.entries()) outcomes.push(await outcome(disk, action, number, ""));
          return outcomes;
        });
        expect(virtual).toEqual(real);
      }),
      { numRuns: 250 },
    );
  });

  it("takes relative paths from its root, above which nothing lies", async () => {
    const { world, box } = host();
    await world.run(async () => {
      const { disk } = box.boot();
      await disk.write("../../etc", "x");
      expect((await disk.read("/etc"))?.toString()).toBe("x");
      await expect(disk.remove("..")).rejects.toMatchObject({ code: "EBUSY" });
      await expect(disk.rename("/", "x")).rejects.toMatchObject({ code: "EBUSY" });
    });
  });

  it("keeps what it holds apart from the buffers that go in and out", async () => {
    const { world, box } = host();
    await world.run(async () => {
      const { disk } = box.boot();
      const data = Buffer.from("mine");
      const written = disk.write("f", data);
      data.fill("?");
      await written;
      (await disk.read("f"))?.fill("!");
      box.disk.get("f")?.fill("!");
    });
    expect(texts(box.disk)).toEqual({ "/f": "mine" });
  });

  it("gives a new file the mode asked for, without what others could write, and an old one its own", async () => {
    const { world, box } = host();
    await world.run(async () => {
      const { disk } = box.boot();
      await disk.write("open", "", { mode: 0o666 });
      await disk.write("open", "", { mode: 0o600 });
      await disk.write("usual", "");
      expect(await disk.stat("open")).toEqual({ size: 0, mode: 0o644 });
      expect(await disk.stat("usual")).toEqual({ size: 0, mode: 0o644 });
    });
  });

  it("cuts off what does not fit and has room again for what is removed, replaced or lost", async () => {
    const { world, box } = host();
    box.disk.capacity = 10;
    box.disk.put("old", "1234");
    await world.run(async () => {
      const { disk } = box.boot();
      await expect(disk.write("f", "abcdefgh")).rejects.toMatchObject({ code: "ENOSPC", syscall: "write" });
      expect((await disk.read("f"))?.toString()).toBe("abcdef");
      await expect(disk.write("g", "x")).rejects.toMatchObject({ code: "ENOSPC" });
      expect(await disk.stat("g")).toMatchObject({ size: 0 });
      await disk.write("f", "ab");
      await disk.write("g", "1234");
      await disk.rename("g", "old");
      await disk.write("f", "abcdef");
      await disk.remove("f");
      await disk.write("h", "123456");
    });
    box.losePower();
    const held = Object.values(texts(box.disk)).join("").length;
    await world.run(async () => {
      const { disk } = box.boot();
      await disk.write("i", "x".repeat(10 - held));
      await expect(disk.write("j", "x")).rejects.toMatchObject({ code: "ENOSPC" });
    });
  });

  it("refuses every change while it is read-only", async () => {
    const { world, box } = host();
    box.disk.put("a/f", "x");
    box.disk.readOnly = true;
    await world.run(async () => {
      const { disk } = box.boot();
      const refused = { code: "EROFS" };
      await expect(disk.write("a/f", "y")).rejects.toMatchObject(refused);
      await expect(disk.write("g", "y")).rejects.toMatchObject(refused);
      await expect(disk.rename("a", "b")).rejects.toMatchObject(refused);
      await expect(disk.remove("a")).rejects.toMatchObject(refused);
      await expect(disk.makeDirectory("b/c")).rejects.toMatchObject({ ...refused, path: "/b/c" });
      await disk.makeDirectory("a");
      await disk.remove("missing");
      expect((await disk.read("a/f"))?.toString()).toBe("x");
    });
    expect(texts(box.disk)).toEqual({ "/a/f": "x" });
  });

  it("fails every operation while it is broken", async () => {
    const { world, box } = host();
    box.disk.put("a/f", "x");
    box.disk.failing = true;
    const broken = (call: Action["call"]): Action => ({ call, path: "a/f", to: "b", mode: 0o600, size: 1 });
    const calls = ["read", "write", "fsync", "fsyncDirectory", "rename", "remove", "makeDirectory", "list"] as const;
    await world.run(async () => {
      const { disk } = box.boot();
      for (const call of calls) await expect(perform(disk, broken(call), 0)).rejects.toMatchObject({ code: "EIO" });
    });
    expect(texts(box.disk)).toEqual({ "/a/f": "x" });
  });

  it("leaves no effect of an operation that was under way at the end of its process", async () => {
    const { world, box } = host();
    await world.run(async () => {
      const { disk } = box.boot();
      void disk.write("f", "x");
      box.kill();
      await new Promise<void>((resolve) => world.after(1_000, resolve));
    });
    expect(texts(box.disk)).toEqual({});
  });
});
