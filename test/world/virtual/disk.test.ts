import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dirname } from "node:path/posix";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Disk } from "../../../src/world/disk.js";
import { writeDurably } from "../../../src/world/durable.js";
import { seededRandom } from "../../../src/world/random.js";
import { realWorld } from "../../../src/world/real/index.js";
import type { VirtualDisk } from "../../../src/world/virtual/disk.js";
import { type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";

interface Action {
  readonly call:
    | "read"
    | "write"
    | "fsync"
    | "fsyncDirectory"
    | "rename"
    | "remove"
    | "makeDirectory"
    | "list"
    | "stat";
  readonly path: string;
  readonly to: string;
  readonly mode: number;
  readonly size: number;
}

const paths = ["f", "g", "a", "b", "a/f", "a/g", "b/f", "a/b", "a/b/f", "b/a", "./a//b/../f", "c/f"];

function actions(weights: Partial<Record<Action["call"], number>>): fc.Arbitrary<Action[]> {
  const calls: Action["call"][] = [
    ...(["read", "fsync", "fsyncDirectory", "remove", "makeDirectory", "list", "stat"] as const),
    ...(["write", "write", "write", "rename", "rename", "rename"] as const),
  ];
  const weighted = calls.map((value) => ({ arbitrary: fc.constant(value), weight: weights[value] ?? 10 }));
  const action = fc.record({
    call: fc.oneof(...weighted),
    path: fc.constantFrom(...paths),
    to: fc.constantFrom(...paths),
    mode: fc.constantFrom(0o600, 0o644, 0o400),
    size: fc.integer({ min: 0, max: 30 }),
  });
  const made = ["a", "b"].map((path) => ({ call: "makeDirectory" as const, path, to: "", mode: 0, size: 0 }));
  return fc.array(action, { minLength: 1, maxLength: 25 }).map((sequence) => [...made, ...sequence]);
}

/** A content that no other write of the sequence has. */
const content = (number: number, size: number): string => `${number}:`.repeat(size + 1);

async function perform(disk: Disk, { call, path, to, mode, size }: Action, number: number): Promise<unknown> {
  switch (call) {
    case "rename":
      return disk.rename(path, to);
    case "write":
      return disk.write(path, content(number, size), { mode });
    case "read":
      return (await disk.read(path))?.toString();
    case "stat": {
      const stat = await disk.stat(path);
      return stat?.mode === 0o755 ? "a directory" : stat;
    }
    default:
      return disk[call](path);
  }
}

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

const host = (seed: string | number = 1): { world: VirtualWorld; box: VirtualHost } => {
  const world = new VirtualWorld({ seed });
  return { world, box: world.host("box") };
};

/** Runs something on the disk of a new host, which then loses its power. */
async function afterPowerLoss(
  seed: number,
  use: (disk: Disk, virtual: VirtualDisk) => Promise<unknown>,
): Promise<VirtualDisk> {
  const { world, box } = host(seed);
  await world.run(() => use(box.boot().disk, box.disk));
  box.losePower();
  return box.disk;
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const texts = (disk: VirtualDisk): Record<string, string> =>
  Object.fromEntries([...disk.snapshot()].map(([path, { data }]) => [path, data.toString()]));

async function outcomesOver(use: (disk: Disk, virtual: VirtualDisk) => Promise<unknown>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const seed of seeds) found.add(JSON.stringify(texts(await afterPowerLoss(seed, use))));
  return found;
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
        const model = new Model();
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
});

interface FileModel {
  safe: string;
  unsafe: string[];
}
class DirectoryModel {
  readonly now = new Map<string, FileModel | DirectoryModel>();
  /** What a name may stand for after a power loss; "none" if it is not listed. */
  readonly later = new Map<string, Set<FileModel | DirectoryModel | undefined>>();

  set(name: string, node: FileModel | DirectoryModel | undefined): void {
    this.later.set(name, (this.later.get(name) ?? new Set([undefined])).add(node));
    if (node) this.now.set(name, node);
    else this.now.delete(name);
  }
}

/** What may be found after a power loss: for each name in each directory, all that it stood for since it was safe. */
class Model {
  readonly #root = new DirectoryModel();

  /** Follows an action that succeeded. */
  perform({ call, path, to }: Action, data: string): void {
    const { directory, name, node } = this.#at(path);
    if (call === "write") {
      if (node instanceof DirectoryModel) throw new Error("a directory was written");
      const file = node ?? { safe: "", unsafe: [] };
      if (!node) directory.set(name, file);
      file.unsafe.push(data);
    } else if (call === "fsync" || call === "fsyncDirectory") {
      if (node instanceof DirectoryModel)
        for (const below of node.later.keys()) node.later.set(below, new Set([node.now.get(below)]));
      else if (node) Object.assign(node, { safe: node.unsafe.at(-1) ?? node.safe, unsafe: [] });
    } else if (call === "remove") {
      if (node) this.#remove(directory, name);
    } else if (call === "makeDirectory") {
      for (let end = 1; end <= clean(path).length; end++) {
        const above = this.#at(clean(path).slice(0, end).join("/"));
        if (!above.node) above.directory.set(above.name, new DirectoryModel());
      }
    } else if (call === "rename") {
      const target = this.#at(to);
      if (target.node === node) return;
      target.directory.set(target.name, node);
      directory.set(name, undefined);
    }
  }

  /** What is on the disk and cannot be, or is not and must be. */
  faults(disk: VirtualDisk): string[] {
    return this.#faults(disk, "", [this.#root]);
  }

  #faults(disk: VirtualDisk, path: string, candidates: readonly DirectoryModel[]): string[] {
    const trials = candidates.map((directory) => {
      const found = new Set(disk.list(path));
      const faults = [...found].filter((name) => !directory.later.has(name)).map((name) => `${path}/${name}: stray`);
      for (const [name, possible] of directory.later) {
        const at = `${path}/${name}`;
        const data = found.has(name) ? disk.get(at)?.toString() : undefined;
        const nodes = [...possible];
        if (!found.has(name)) {
          if (!possible.has(undefined)) faults.push(`${at}: gone`);
        } else if (data !== undefined) {
          const files = nodes.flatMap((node) => (node && !(node instanceof DirectoryModel) ? [node] : []));
          if (!files.some((file) => mayHold(file, data))) faults.push(`${at}: ${JSON.stringify(data)}`);
        } else {
          faults.push(
            ...this.#faults(
              disk,
              at,
              nodes.filter((node) => node instanceof DirectoryModel),
            ),
          );
        }
      }
      return faults;
    });
    return trials.find((faults) => faults.length === 0) ?? trials[0] ?? [`${path}: stray`];
  }

  #remove(directory: DirectoryModel, name: string): void {
    const node = directory.now.get(name);
    if (node instanceof DirectoryModel) for (const below of [...node.now.keys()]) this.#remove(node, below);
    directory.set(name, undefined);
  }

  #at(path: string): { directory: DirectoryModel; name: string; node: FileModel | DirectoryModel | undefined } {
    const names = clean(path);
    let directory = this.#root;
    for (const name of names.slice(0, -1)) {
      const next = directory.now.get(name);
      if (!(next instanceof DirectoryModel)) return { directory: new DirectoryModel(), name, node: undefined };
      directory = next;
    }
    const name = names.at(-1) ?? "";
    return { directory, name, node: name === "" ? directory : directory.now.get(name) };
  }
}

function clean(path: string): string[] {
  const absolute = new URL(path, "file:///").pathname.replace(/\/+/g, "/");
  return absolute.split("/").filter((name) => name !== "");
}

function mayHold({ safe, unsafe }: FileModel, data: string): boolean {
  const written = data.replace(/\0+$/, "");
  const zeros = data.length - written.length;
  return (
    data === safe || unsafe.some((text) => text.startsWith(written) && (zeros === 0 || data.length === text.length))
  );
}

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

it("the same seed tears the same disk the same way", async () => {
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
