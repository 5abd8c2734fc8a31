import { describe, expect, it } from "vitest";
import { hardened, newt } from "../../src/device/index.js";
import { probed } from "./support/node.js";
import { alive, exitNode, offering, registers, type Wire, wire, withPlaces } from "./support/wire.js";

const second = 1_000;

describe("two or more exit nodes", () => {
  const found = (site: Wire) => registers(site)[0]?.data.pingResults;

  it("are looked at three times each, one after the other or all at once, and frames are read meanwhile", async () => {
    for (const [persona, expectedMs] of [
      [newt, 3 * 20 + 3 * 40 + 3 * 5_000],
      [hardened, 3 * 5_000],
    ] as const) {
      const nodes = [exitNode(1, "near"), exitNode(2, "far"), exitNode(3, "dead"), exitNode(4, "broken")];
      await wire({ persona, answers: alive() }, async (site) => {
        await probed(site, "near", 20);
        await probed(site, "far", 40);
        await probed(site, "dead", 600_000);
        await probed(site, "broken", 0, 503);
        await site.sleep(second);
        const asked = site.virtual.now;
        site.say("newt/ping/exitNodes", { exitNodes: nodes }, 0);
        await site.sleep(second);
        site.say("newt/socket/check", {}, 0);
        await site.sleep(100);
        expect(site.said("newt/socket/status")).toHaveLength(1);
        await site.sleep(20 * second);
        expect(site.requests.filter(({ path }) => path === "near/ping")).toHaveLength(3);
        expect(found(site)).toMatchObject([
          { exitNodeId: 1, latencyMs: 20 },
          { exitNodeId: 2, latencyMs: 40 },
          { exitNodeId: 3, latencyMs: 0, error: expect.any(String) },
          { exitNodeId: 4, latencyMs: 0, error: "answered with status 503" },
        ]);
        expect(Object.keys(found(site)?.[0] ?? {})).not.toContain("error");
        expect((registers(site)[0]?.at ?? 0) - asked).toBeCloseTo(expectedMs, -1);
      });
    }
  });

  it("are not looked at where a person has chosen one", () =>
    wire(
      {
        config: { preferEndpoint: "far", noCloud: true },
        answers: offering([exitNode(1, "near"), exitNode(2, "far")]),
      },
      async (site) => {
        await site.sleep(second);
        expect(found(site)).toMatchObject([{ exitNodeId: 2, endpoint: "far", latencyMs: 0 }]);
        expect(site.requests.filter(({ path }) => path.endsWith("/ping"))).toEqual([]);
        expect(site.last("newt/ping/request")?.data.noCloud).toBe(true);
      },
    ));

  it("are fewer by the one that the tunnel leads to, if there is another good one", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await probed(site, "near", 20);
      await probed(site, "far", 40);
      await probed(site, "broken", 0, 503);
      await site.sleep(second);
      site.say("newt/ping/exitNodes", { exitNodes: [exitNode(1, "near", true), exitNode(2, "far")] }, 0);
      await site.sleep(second);
      expect(registers(site).at(-1)?.data.pingResults).toMatchObject([{ exitNodeId: 2 }]);
      site.say("newt/ping/exitNodes", { exitNodes: [exitNode(1, "near", true), exitNode(3, "broken")] }, 0);
      await site.sleep(second);
      expect(registers(site).at(-1)?.data.pingResults).toMatchObject([{ exitNodeId: 1 }, { exitNodeId: 3 }]);
    }));
});
