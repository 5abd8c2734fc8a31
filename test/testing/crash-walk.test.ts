import { describe, expect, it } from "vitest";
import { NewtSite, personas } from "../../src/device/index.js";
import {
  type CrashStage,
  type CrashWalk,
  CrashWalkFailed,
  crashWalk,
  startVirtualControlPlane,
  supervise,
} from "../../src/testing/index.js";
import { writeDurably } from "../../src/world/durable.js";
import type { World } from "../../src/world/world.js";

/** Replaces "old" by "new" on a disk, again after every crash, and looks at what there is. */
function replacing(replace: (world: World) => Promise<void>): CrashWalk<string[]> {
  return {
    seed: 1,
    host: "box",
    setUp: async ({ host }) => {
      host.disk.put("/file", "old");
      return [];
    },
    flow: (seen, { virtual, host }) => {
      supervise(
        virtual,
        host,
        async (world) => {
          seen.push(String(host.disk.get("/file")));
          await replace(world);
        },
        { restartAfterMs: 100 },
      );
      return virtual.host("onlooker").boot().clock.sleep(1_000);
    },
    judge: (seen, { host }) => {
      for (const text of [...seen, String(host.disk.get("/file"))]) expect(text).toMatch(/^(old|new)$/);
    },
  };
}

const careful = replacing((world) => writeDurably(world.disk, "/file", "new"));
const hasty = replacing(async ({ disk }) => {
  await disk.write("/file.new", "new");
  await disk.rename("/file.new", "/file");
  await disk.fsyncDirectory("/");
});

/** Why a walk failed. */
async function failureOf(walk: Promise<unknown>): Promise<CrashWalkFailed> {
  const error = await walk.catch((thrown: unknown) => thrown);
  if (!(error instanceof CrashWalkFailed)) throw new Error(`no failed walk: ${String(error)}`);
  return error;
}

describe("a crash walk", () => {
  it("strikes before and after every await, by kill and by power loss", async () => {
    const points = await crashWalk(careful);
    const all = ["removes /file.new", "writes /file.new", "fsyncs /file.new", "renames /file.new to /file", "fsyncs /"];
    expect([...new Set(points.map(({ what }) => what))]).toEqual(all);
    const ways = points.map(({ call, fate, stroke }) => `${call} ${fate} ${stroke}`);
    expect(ways.slice(0, 4)).toEqual(["1 before kill", "1 before power loss", "1 after kill", "1 after power loss"]);
    expect(new Set(ways).size).toBe(all.length * 4);
  });

  it("finds a file that was renamed before it was safe, and says where", async () => {
    const { failures, message, cause } = await failureOf(crashWalk({ ...hasty, seed: 2 }));
    expect(failures.map(({ point: { stroke } }) => stroke)).not.toContain("kill");
    expect(failures.map(({ point: { what } }) => what)).toContain("fsyncs /");
    expect(message).toMatch(
      /^\d+ of 12 crashes were not survived\ndied \w+ ".+" \(call \d at 0\.\d{3} s, power loss\): /,
    );
    expect(cause).toBe(failures[0]?.error);
  });

  it("finds what a site without nonces loses with an answer: a second use", async () => {
    const { failures } = await failureOf(
      crashWalk({
        seed: 1,
        host: "box",
        strokes: ["kill"],
        setUp: async ({ virtual, host }) => {
          const plane = await startVirtualControlPlane(virtual);
          const { siteProvisioningKey } = await plane.client.createKey(plane.org, { name: "acme", maxBatchSize: 9 });
          host.disk.put("newt.json", JSON.stringify({ endpoint: plane.url, provisioningKey: siteProvisioningKey }));
          return plane;
        },
        flow: ({ operator }, { virtual, host }) => {
          const live = (world: World): Promise<unknown> =>
            new NewtSite(world, { configFile: "newt.json", persona: personas.newt }).run();
          supervise(virtual, host, live, { restartAfterMs: 1_000 });
          return operator.clock.sleep(60_000);
        },
        judge: async ({ client, org }) => expect(await client.listSites(org)).toHaveLength(1),
      }),
    );
    expect(failures.map(({ point: { fate, what } }) => `${fate} ${what}`)).toEqual([
      "after request",
      // It is read once more, to be written with all else that stands in it.
      "before reads newt.json",
      "after reads newt.json",
      "before writes newt.json",
    ]);
  });

  it("takes a flow that never ends after a crash for a failure", async () => {
    const unsupervised = {
      ...careful,
      flow: (_: unknown, { host }: CrashStage) => host.boot().disk.write("/file", "new"),
    };
    const { failures } = await failureOf(crashWalk(unsupervised));
    expect(failures).toHaveLength(4);
    for (const { error } of failures) expect(error).toMatchObject({ code: "FB9003" });
  });

  it("gives a flow up that goes on for longer than its limits", async () => {
    const patient = { ...careful, limits: { virtualMs: 500 } };
    await expect(crashWalk(patient)).rejects.toMatchObject({ code: "FB9003" });
  });

  it("throws what a judge throws without any crash as it is", async () => {
    const error = new Error("wrong from the start");
    const hopeless = { ...careful, judge: () => Promise.reject(error) };
    await expect(crashWalk(hopeless)).rejects.toBe(error);
  });

  it("leaves alone what is still under way when the flow ends", async () => {
    const points = await crashWalk({
      ...careful,
      flow: async (_, { virtual, host }) => {
        void host.boot().disk.write("/file", "new");
        await virtual.host("onlooker").boot().clock.sleep(0);
      },
      judge: () => {},
    });
    expect(points.map(({ fate }) => fate)).toEqual(["before", "before"]);
  });

  it("strikes the next life too when asked", async () => {
    const lives: number[] = [];
    const points = await crashWalk({
      ...careful,
      twice: true,
      judge: (seen, { point }) => {
        if (point) lives.push(seen.length);
      },
    });
    expect(points.map(({ again = 0 }) => again > 0)).not.toContain(false);
    expect(Math.max(...lives)).toBe(3);
  });

  it("says so when a flow is not the same for the same seed", async () => {
    let runs = 0;
    const fickle = replacing((world) => world.disk.write(`/file.${runs++}`, "new"));
    const { message } = await failureOf(crashWalk(fickle));
    expect(message).toContain("it does more than its seed decides");
  });

  it("tells no more than twenty failures, and how many there are", async () => {
    const twofold = replacing(async ({ disk }) => {
      await writeDurably(disk, "/file", "new");
      await writeDurably(disk, "/file", "new");
    });
    const judge = (_: unknown, { point }: CrashStage): void => {
      if (point) throw new Error("no crash at all");
    };
    const { failures, message } = await failureOf(crashWalk({ ...twofold, judge }));
    expect(failures).toHaveLength(40);
    expect(message.split("\n")).toHaveLength(22);
    expect(message).toMatch(/… and \d+ more$/);
  });
});
