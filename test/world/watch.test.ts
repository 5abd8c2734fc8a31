import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { realWorld } from "../../src/world/real/index.js";
import type { World } from "../../src/world/world.js";
import { keepsItsPromisesOfWatches, type PerformOnBox } from "./contract/watches.js";

/** A directory of this machine; every process ends with its trial. */
async function onDirectory<T>(trial: (boot: () => World, root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "firstboot-watch-"));
  const worlds: World[] = [];
  const boot = (): World => {
    const world = realWorld({ root });
    worlds.push(world);
    return world;
  };
  try {
    return await trial(boot, root);
  } finally {
    for (const { process } of worlds) process.kill();
    rmSync(root, { recursive: true });
  }
}
const perform: PerformOnBox = (trial) => onDirectory(trial);

describe("a watch over the machine's files", () => keepsItsPromisesOfWatches(perform));

describe("a watch over the machine's files", () => {
  it("tells of a file that is reached by links which change, as a cluster mounts its configuration", async () => {
    const text = await onDirectory(async (boot, root) => {
      for (const version of ["v1", "v2"]) {
        mkdirSync(join(root, version));
        writeFileSync(join(root, version, "site.yaml"), version);
      }
      symlinkSync("v1", join(root, "..data"));
      symlinkSync("..data/site.yaml", join(root, "site.yaml"));
      const { disk } = boot();
      const told = new Promise<void>((resolve) => disk.watch("site.yaml", resolve));
      symlinkSync("v2", join(root, "..data.new"));
      renameSync(join(root, "..data.new"), join(root, "..data"));
      await told;
      return (await disk.read("site.yaml"))?.toString();
    });
    expect(text).toBe("v2");
  });
});
