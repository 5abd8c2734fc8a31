import { describe, expect, it } from "vitest";
import { type LinkProfile, linkProfiles, VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";
import { echo, failure } from "../contract/stage.js";
import { minute, still } from "./support.js";

/** What comes of something that a box asks of a shop, and how long it took. */
function between(act: (world: World, virtual: VirtualWorld) => Promise<unknown>, link: LinkProfile = still) {
  const virtual = new VirtualWorld({ seed: 21 });
  return virtual.run(async () => {
    const shop = virtual.host("shop", still);
    const server = shop.boot();
    const listening = { host: "0.0.0.0", port: 443, tls: { certificate: "-", key: "-" } };
    await server.network.listen(listening, echo);
    await server.network.listen({ host: "127.0.0.1", port: 81 }, echo);
    const start = virtual.now;
    const outcome = await act(virtual.host("box", link).boot(), virtual);
    return { outcome, ms: virtual.now - start };
  });
}

const knock = ({ network }: World, port = 443, timeoutMs = minute) => network.knock({ host: "shop", port, timeoutMs });
const slow: LinkProfile = { ...still, latencyMs: 100 };

describe("a knock", () => {
  it("takes one round trip, answered or refused", async () => {
    expect((await between((box) => knock(box), slow)).ms).toBeCloseTo(200, 6);
    const { outcome, ms } = await between((box) => failure(knock(box, 82)), slow);
    expect(outcome).toMatchObject({ kind: "network", message: "connect ECONNREFUSED shop:82" });
    expect(ms).toBeCloseTo(200, 6);
  });

  it("finds no port that is for its own host alone", async () => {
    expect((await between((box) => failure(knock(box, 81)))).outcome).toMatchObject({ kind: "network" });
  });

  it.each<[string, (virtual: VirtualWorld) => void]>([
    ["that is down", (virtual) => (virtual.host("box").link.up = false)],
    ["into a partition", (virtual) => (virtual.host("box").link.side = 1)],
    ["to a host without power", (virtual) => virtual.host("shop").losePower()],
  ])("over a link %s waits for its time, and gets through if all is well by then", async (_, trouble) => {
    const { outcome, ms } = await between((box, virtual) => {
      trouble(virtual);
      return failure(knock(box, 443, 1_234));
    });
    expect(outcome).toMatchObject({ kind: "timeout" });
    expect(ms).toBe(1_234);
    const later = await between(async (box, virtual) => {
      virtual.host("box").link.up = false;
      const knocked = knock(box);
      await box.clock.sleep(5_000);
      virtual.host("box").link.up = true;
      return knocked;
    });
    expect(later.ms).toBeGreaterThan(5_000);
  });

  it("breaks as its link does: at once, or without a word", async () => {
    const kinds = await between(
      async (box) => {
        const kinds = new Map<unknown, number>();
        for (let count = 0; count < 100; count++) {
          const error = await failure(knock(box, 443, 1_000));
          const kind = error instanceof Object && "kind" in error ? error.kind : "none";
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        return [...kinds.keys()].sort();
      },
      { ...still, cut: 0.5 },
    );
    expect(kinds.outcome).toEqual(["network", "none", "timeout"]);
  });

  it("is as slow as what the seed says", async () => {
    const times = async () => (await between((box) => knock(box), linkProfiles.mobile)).ms;
    expect(await times()).toBe(await times());
  });
});

describe("a request on its own", () => {
  const url = "https://shop/";
  const ask = ({ network }: World, parts = {}) => network.request({ method: "GET", url, timeoutMs: minute, ...parts });

  it("shakes hands each time, and leaves the connection alone that is kept", async () => {
    const { outcome } = await between(async (box, virtual) => {
      const took: number[] = [];
      const timed = async (parts = {}) => {
        const start = virtual.now;
        await ask(box, parts);
        took.push(Math.round(virtual.now - start));
      };
      for (const parts of [{}, {}, { once: true }, { tls: {} }, {}]) await timed(parts);
      return took;
    }, slow);
    expect(outcome).toEqual([600, 200, 600, 600, 200]);
  });
});
