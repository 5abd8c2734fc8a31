import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeDurably } from "../../../src/world/durable.js";
import { seededRandom } from "../../../src/world/random.js";
import { actions, content, perform } from "./disk-actions.js";
import { DiskModel } from "./disk-model.js";
import { afterPowerLoss, outcomesOver, texts } from "./disk-stage.js";

describe("a power loss", () => {
  it("may keep, tear, blank, empty, age or drop a write that was not made safe", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      virtual.put("f", "old");
      await disk.write("f", "first");
      await disk.write("f", "second");
    });
    for (const data of ["old", "first", "second", "", "sec", "sec\0\0\0", "fir"])
      expect(found).toContain(JSON.stringify({ "/f": data }));
  });

  it("may bring back what was safe, however often it was written over", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      virtual.put("f", "old");
      for (let count = 0; count < 20; count++) await disk.write("f", content(count, 5));
    });
    expect(found).toContain('{"/f":"old"}');
    expect(found).toContain(JSON.stringify({ "/f": content(19, 5) }));
  });

  it("may forget the name of a new file, or its data, but neither once both are safe", async () => {
    const unnamed = await outcomesOver(async (disk) => {
      await disk.write("f", "new");
      await disk.fsync("f");
    });
    expect(unnamed).toEqual(new Set(["{}", '{"/f":"new"}']));
    const unwritten = await outcomesOver(async (disk) => {
      await disk.write("f", "new");
      await disk.fsyncDirectory(".");
    });
    expect(unwritten).toContain('{"/f":""}');
    expect(unwritten).not.toContain("{}");
    const safe = await outcomesOver(async (disk) => {
      await disk.write("f", "new");
      await disk.fsync("f");
      await disk.fsyncDirectory(".");
    });
    expect(safe).toEqual(new Set(['{"/f":"new"}']));
  });

  it("keeps a beginning of what happened to a directory's names", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      for (const name of ["a", "b", "c"]) virtual.put(name, name);
      for (const name of ["a", "b", "c"]) await disk.remove(name);
    });
    expect([...found].sort()).toEqual(['{"/a":"a","/b":"b","/c":"c"}', '{"/b":"b","/c":"c"}', '{"/c":"c"}', "{}"]);
  });

  it("leaves a file that is renamed again and again under one of its names", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      virtual.put("a", "x");
      for (const name of ["b", "c", "a"]) await disk.rename((await disk.list("."))[0] ?? "", name);
    });
    expect(found).toEqual(new Set(['{"/a":"x"}', '{"/b":"x"}', '{"/c":"x"}']));
  });

  it("takes a file with a directory of which nobody made the name safe", async () => {
    const found = await outcomesOver(async (disk) => {
      await disk.makeDirectory("a");
      await writeDurably(disk, "a/f", "x");
    });
    expect(found).toEqual(new Set(["{}", '{"/a/f":"x"}']));
  });

  it("leaves a file that moves between directories under one of its names", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      virtual.put("a/f", "x");
      await disk.makeDirectory("b/c");
      await disk.rename("a/f", "b/c/f");
      await disk.remove("a");
    });
    expect(found).toEqual(new Set(['{"/a/f":"x"}', '{"/b/c/f":"x"}']));
    const arrived = await outcomesOver(async (disk, virtual) => {
      virtual.put("a/f", "x");
      await disk.makeDirectory("b");
      await disk.rename("a/f", "b/f");
      await disk.fsyncDirectory("b");
    });
    expect(arrived).toEqual(new Set(['{"/b/f":"x"}']));
  });

  it("puts a directory in another's place only after what had left that one", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      for (const path of ["a/f", "b/g", "c/h"]) virtual.put(path, "x");
      await disk.rename("a/f", "c/f");
      await disk.rename("b", "a");
    });
    const states = [...found].map((state) => Object.keys(JSON.parse(state)).join(" "));
    expect(states.sort()).toEqual(["/a/f /b/g /c/h", "/a/g /c/f /c/h", "/b/g /c/f /c/h"]);
  });

  it("never lets directories that move come to lie within each other", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      virtual.put("p/a/f", "f");
      virtual.put("q/b/g", "g");
      await disk.rename("p/a", "q/b/a");
      await disk.rename("q/b/a", "p/a");
      await disk.rename("q/b", "p/a/b");
    });
    for (const state of found) expect(state).toMatch(/a\/f":"f".*b\/g":"g"|b\/a\/f":"f"|b\/g":"g".*a\/f":"f"/);
    expect(found.size).toBe(3);
  });

  it("undoes nothing that was put there from outside", async () => {
    const found = await outcomesOver(async (disk, virtual) => {
      await disk.makeDirectory("a");
      await disk.write("a/f", "unsafe");
      await disk.remove("a/f");
      virtual.put("a/f", "put", 0o600);
    });
    expect(found).toEqual(new Set(['{"/a/f":"put"}']));
  });

  it("leaves a part only of what was written, and all that was made safe", async () => {
    await fc.assert(
      fc.asyncProperty(actions({ read: 0, list: 0, stat: 0 }), fc.nat(), async (sequence, seed) => {
        const model = new DiskModel();
        const disk = await afterPowerLoss(seed, async (disk) => {
          for (const [number, action] of sequence.entries())
            await perform(disk, action, number).then(
              () => model.perform(action, content(number, action.size)),
              () => {},
            );
        });
        expect(model.faults(disk)).toEqual([]);
        const left = texts(disk);
        disk.crash();
        expect(texts(disk)).toEqual(left);
      }),
      { numRuns: 400 },
    );
  });

  it("tears the same disk the same way with the same seed", async () => {
    const states = await Promise.all(
      [1, 2].map(async () => {
        const disk = await afterPowerLoss(7, async (disk) => {
          const random = seededRandom("names");
          for (let count = 0; count < 40; count++) await disk.write(`f${random.uint32() % 9}`, content(count, 9));
        });
        return texts(disk);
      }),
    );
    expect(states[0]).toEqual(states[1]);
  });
});
