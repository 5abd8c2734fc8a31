import { describe, expect, it } from "vitest";
import { VirtualWorld } from "../../../src/world/virtual/index.js";
import { keepsItsPromisesOfWatches, type PerformOnBox } from "../contract/watches.js";
import { onlooker, played } from "./support.js";

const perform: PerformOnBox = (trial) => {
  const virtual = new VirtualWorld({ seed: 7 });
  return virtual.run(() => trial(() => virtual.host("box").boot()));
};

describe("a watch over a virtual disk", () => keepsItsPromisesOfWatches(perform));

describe("a watch over a virtual disk", () => {
  it("hears of what comes from outside, once for all that changes until it hears", async () => {
    const virtual = new VirtualWorld({ seed: 1 });
    const moments = await virtual.run(async () => {
      const box = virtual.host("box");
      const moments: number[] = [];
      box.boot().disk.watch("/etc/site.yaml", () => moments.push(virtual.now));
      for (const text of ["first", "second", "third"]) box.disk.put("etc/site.yaml", text);
      await onlooker(virtual).sleep(1_000);
      return moments;
    });
    expect(moments).toHaveLength(1);
    expect(moments[0]).toBeGreaterThan(0);
    expect(moments[0]).toBeLessThan(2);
  });

  it("leaves no trace while nothing changes, and the same trace whenever the same does", async () => {
    const watching = (path: string) => () =>
      played(async (box) => {
        const { disk } = box.boot();
        disk.watch("quiet", () => {});
        if (path) disk.watch(path, () => {});
        await disk.write("file", "text");
      });
    expect(await watching("")()).toEqual(["box writes file"]);
    expect(await watching("file")()).toEqual(["box writes file", "box hears that file changed"]);
  });

  it("does not bring a watched file back to a process that begins after a power loss", async () => {
    const virtual = new VirtualWorld({ seed: 3 });
    const told = await virtual.run(async () => {
      const box = virtual.host("box");
      let told = 0;
      box.boot().disk.watch("file", () => told++);
      const { disk } = box.boot();
      await disk.write("file", "unsafe");
      box.losePower();
      box.boot();
      await onlooker(virtual).sleep(1_000);
      return told;
    });
    expect(told).toBe(0);
  });
});
