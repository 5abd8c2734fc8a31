import { expect, it } from "vitest";
import { writeDurably } from "../../../src/world/durable.js";
import type { World } from "../../../src/world/world.js";

/** Runs a trial on a box of its own, whose processes it boots, and returns what it returned. */
export type PerformOnBox = <T>(trial: (boot: () => World) => Promise<T>) => Promise<T>;

/** A watch that reads the file whenever it is told. */
function reader({ disk }: World, path: string) {
  const texts: (string | undefined)[] = [];
  const waiting = new Set<() => void>();
  const watch = disk.watch(path, () => {
    void disk.read(path).then((bytes) => {
      texts.push(bytes?.toString());
      for (const look of waiting) look();
    });
  });
  return {
    texts,
    stop: () => watch.stop(),
    /** Resolves when the file has been read as this, at the time of the call or later. */
    sees(text: string | undefined, from = texts.length): Promise<void> {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!texts.slice(from).includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    },
  };
}

/** What `Disk` promises of watches. */
export function keepsItsPromisesOfWatches(perform: PerformOnBox): void {
  it("tells of a file that is written, written anew with the same, replaced, removed and made again", async () => {
    const texts = await perform(async (boot) => {
      const { disk } = boot();
      await disk.write("file", "old");
      const { sees, texts } = reader(boot(), "file");
      const steps: readonly (readonly [() => Promise<void>, string | undefined])[] = [
        [() => disk.write("file", "written"), "written"],
        [() => disk.write("file", "written"), "written"],
        [() => writeDurably(disk, "file", "replaced"), "replaced"],
        [() => disk.write("file", "written again"), "written again"],
        [() => disk.rename("file", "elsewhere"), undefined],
        [() => disk.rename("elsewhere", "file"), "written again"],
        [() => disk.remove("file"), undefined],
        [() => disk.write("file", "new"), "new"],
      ];
      for (const [step, text] of steps) {
        const seen = sees(text);
        await step();
        await seen;
      }
      return texts;
    });
    expect(texts.at(-1)).toBe("new");
  });

  it("tells of a file whose directories come, go and come again", async () => {
    const texts = await perform(async (boot) => {
      const { disk } = boot();
      const { sees, texts } = reader(boot(), "a/b/file");
      for (const text of ["first", "second"]) {
        const seen = sees(text);
        await disk.makeDirectory("a/b");
        await disk.write("a/b/file", text);
        await seen;
        const gone = sees(undefined);
        await disk.remove("a");
        await gone;
      }
      return texts;
    });
    expect(texts).toContain("second");
  });

  it("tells of a directory that takes the place of another", async () => {
    const texts = await perform(async (boot) => {
      const { disk } = boot();
      for (const name of ["conf", "next"]) {
        await disk.makeDirectory(name);
        await disk.write(`${name}/file`, name);
      }
      const { sees, texts } = reader(boot(), "conf/file");
      const moved = sees("next");
      await disk.rename("conf", "last");
      await disk.rename("next", "conf");
      await moved;
      const written = sees("later");
      await disk.write("conf/file", "later");
      await written;
      return texts;
    });
    expect(texts.at(-1)).toBe("later");
  });

  it("lets whoever reads when it is told see the last of many changes", async () => {
    const texts = await perform(async (boot) => {
      const { disk } = boot();
      const { sees, texts } = reader(boot(), "file");
      const last = sees("99");
      for (let number = 0; number < 100; number++) await disk.write("file", String(number));
      await last;
      return texts;
    });
    expect(texts.length).toBeGreaterThan(0);
  });

  it("tells every watch of a file, but none that was stopped, of a dead process or of another file", async () => {
    const told = await perform(async (boot) => {
      const { disk } = boot();
      const dead = boot();
      const watches = {
        first: reader(boot(), "file"),
        "of the dead": reader(dead, "file"),
        stopped: reader(boot(), "file"),
        neighbour: reader(boot(), "neighbour"),
        last: reader(boot(), "file"),
      };
      dead.process.kill();
      watches.stopped.stop();
      const seen = [watches.first.sees("text"), watches.last.sees("text")];
      await disk.write("file", "text");
      await Promise.all(seen);
      return Object.entries(watches).flatMap(([name, { texts }]) => (texts.length > 0 ? [name] : []));
    });
    expect(told).toEqual(["first", "last"]);
  });

  it("tells a dead process nothing of what had changed just before it died", async () => {
    const texts = await perform(async (boot) => {
      const { disk } = boot();
      const [dying, other] = [boot(), boot()];
      const { texts } = reader(dying, "file");
      const { sees } = reader(other, "file");
      const seen = sees("text");
      const written = disk.write("file", "text").then(() => dying.process.kill());
      await Promise.all([written, seen]);
      return texts;
    });
    expect(texts).toEqual([]);
  });
}
