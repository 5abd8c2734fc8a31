import { mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeDurably } from "../../src/world/durable.js";
import { realWorld } from "../../src/world/real/index.js";

const root = mkdtempSync(join(tmpdir(), "firstboot-disk-"));
const { disk } = realWorld({ root });

describe("a disk", () => {
  it("says undefined and nothing of what is missing, and fails otherwise", async () => {
    expect(await disk.read("missing")).toBeUndefined();
    expect(await disk.stat("missing")).toBeUndefined();
    expect(await disk.list("missing")).toEqual([]);
    await disk.write("file", "x");
    await expect(disk.read("file/below")).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it("replaces a file durably, private, and leaves nothing beside it", async () => {
    await disk.makeDirectory("a/b");
    await disk.write("a/b/config", "old", { mode: 0o644 });
    await writeDurably(disk, "a/b/config", "new");
    expect((await disk.read("a/b/config"))?.toString()).toBe("new");
    expect(statSync(join(root, "a/b/config")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(root, "a/b"))).toEqual(["config"]);
  });

  it("takes over a temporary file that a crash left", async () => {
    await disk.write("config.new", "torn", { mode: 0o644 });
    await writeDurably(disk, "config", "whole");
    expect(await disk.stat("config")).toEqual({ size: 5, mode: 0o600 });
  });
});
