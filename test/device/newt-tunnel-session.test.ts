import { describe, expect, it } from "vitest";
import { hardened, newt } from "../../src/device/index.js";
import { probed } from "./support/node.js";
import { alive, exitNode, offering, placeAt, registers, type Wire, wire, withPlaces } from "./support/wire.js";

const second = 1_000;
const minute = 60 * second;

const tunnels = (site: Wire) => site.diary.all("tunnel");

describe("a place at an exit node", () => {
  it("is asked for with what was found of the exit nodes, and taken", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(2 * minute);
      expect(registers(site).map(({ data }) => data)).toEqual([
        {
          chainId: expect.stringMatching(/^[0-9a-f]{16}$/),
          newtVersion: hardened.site.version,
          pingResults: [
            {
              endpoint: "127.0.0.1",
              exitNodeId: 1,
              exitNodeName: "node 1",
              latencyMs: 0,
              wasPreviouslyConnected: false,
              weight: 1,
            },
          ],
          publicKey: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        },
      ]);
      expect(tunnels(site)).toEqual([{ type: "tunnel", configured: true, exitNode: "127.0.0.1:51820", ms: 0 }]);
      expect(site.said("newt/ping/request")).toHaveLength(1);
    }));

  it("is asked for in new sessions with the same key, and in a new life with another", () =>
    wire({ answers: offering([exitNode(1, "127.0.0.1")]) }, async (site) => {
      await site.sleep(second);
      site.channels[0]?.terminate();
      await site.sleep(second);
      site.say("newt/wg/restart", {});
      await site.sleep(second);
      const [first, again, anew] = [1, 2, 3].map((session) =>
        registers(site).find((frame) => frame.session === session),
      );
      expect(first?.data.publicKey).toBe(again?.data.publicKey);
      expect(first?.data.publicKey).not.toBe(anew?.data.publicKey);
      expect(first?.data.chainId).not.toBe(again?.data.chainId);
    }));

  it("is asked for sixteen times at two seconds; a hardened site goes on with each heartbeat", async () => {
    for (const [persona, count] of [
      [newt, 16],
      [hardened, 19],
    ] as const) {
      await wire({ persona, answers: offering([exitNode(1, "127.0.0.1")]) }, async (site) => {
        await site.sleep(140 * second);
        const times = registers(site).map(({ at }) => Math.round(at - (site.upgrades[0] ?? 0)) / second);
        expect(times.slice(0, 16)).toEqual([...Array(16).keys()].map((nth) => nth * 2));
        expect(times.slice(16)).toEqual([60, 90, 120].slice(0, count - 16));
      });
    }
  });

  it("is not asked for while the server has no exit nodes, until it wants that", () =>
    wire({ persona: hardened, answers: offering([]) }, async (site) => {
      await site.sleep(10 * minute);
      expect(site.said("newt/ping/request")).toHaveLength(1);
      site.say("newt/wg/reconnect", {}, 0);
      await site.sleep(10 * minute);
      expect(site.said("newt/ping/request")).toHaveLength(2);
      expect(registers(site)).toEqual([]);
    }));

  it("is lost with terminate and reconnect; after terminate the channel stays and nothing is asked", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(second);
      site.say("newt/wg/reconnect", {}, 0);
      await site.sleep(second);
      site.say("newt/wg/terminate", {}, 0);
      await site.sleep(5 * minute);
      expect(tunnels(site).map(({ configured }) => configured)).toEqual([true, false, true, false]);
      expect(site.said("newt/ping/request")).toHaveLength(2);
      expect(site.channels).toHaveLength(1);
      expect(site.said("newt/ping").length).toBeGreaterThan(9);
      expect(site.diary.all("command").map(({ action }) => action)).toEqual(["newt/wg/reconnect", "newt/wg/terminate"]);
    }));
});

describe("an answer that names a chain", () => {
  it("is dropped unless it was asked for; one that names none is always taken", () =>
    wire({ answers: alive() }, async (site) => {
      await site.sleep(second);
      const offer = { exitNodes: [exitNode(1, "127.0.0.1")] };
      site.say("newt/ping/exitNodes", { ...offer, chainId: "0000000000000000" }, 0);
      await site.sleep(10 * second);
      // What comes too late is no answer, and ends the asking all the same.
      expect(site.said("newt/ping/request")).toHaveLength(1);
      expect(registers(site)).toEqual([]);
      const { chainId } = site.last("newt/ping/request")?.data ?? {};
      site.say("newt/ping/exitNodes", { ...offer, chainId }, 0);
      await site.sleep(second);
      expect(registers(site)).toHaveLength(1);
      // Used once.
      site.say("newt/ping/exitNodes", { ...offer, chainId }, 0);
      site.say("newt/wg/connect", { ...placeAt("stale:51820"), chainId }, 0);
      await site.sleep(500);
      expect(new Set(registers(site).map(({ data }) => data.chainId))).toHaveLength(1);
      expect(tunnels(site)).toEqual([]);
      site.say("newt/wg/connect", { ...placeAt("node:51820"), chainId: registers(site)[0]?.data.chainId }, 0);
      site.say("newt/wg/connect", { ...placeAt("late:51820"), chainId: registers(site)[0]?.data.chainId }, 0);
      site.say("newt/wg/connect", placeAt("old:51820"), 0);
      await site.sleep(minute);
      expect(tunnels(site).map(({ exitNode: node }) => node)).toEqual(["node:51820", "old:51820"]);
      expect(registers(site)).toHaveLength(1);
    }));
});

describe("a session that opens while the tunnel is up", () => {
  const files = { "site.yaml": "public-resources: {}\n" };

  it("asks for nothing and brings no blueprint as shipped; a governing blueprint of a hardened site goes out again", async () => {
    for (const persona of [newt, hardened]) {
      const config = { blueprintFile: "site.yaml" };
      await wire({ persona, config, files, answers: withPlaces }, async (site) => {
        await site.sleep(5 * second);
        site.channels[0]?.terminate();
        await site.sleep(20 * second);
        const opening = site.frames.filter(({ session, at }) => session === 2 && at - (site.upgrades[1] ?? 0) < second);
        const types = opening.map(({ type, data }) => (data.backwardsCompatible ? "old register" : type)).sort();
        if (persona === newt) expect(types).toEqual(["newt/ping", "old register", "ping"]);
        else expect(types).toEqual(["newt/blueprint/apply", "newt/ping", "ping"]);
      });
    }
  });
});

describe("what a site is told to do", () => {
  const sync = (tcp: readonly string[]) => ({ proxyTargets: { tcp, udp: [] } });

  it("comes again where a hardened site could not do it or was away, and is passed over by a newt without a tunnel", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(second);
      site.say("newt/tcp/add", { targets: ["1:db:2"] }, 1);
      await site.sleep(30 * second);
      expect(site.last("newt/ping")?.configVersion).toBe(1);
      site.say("newt/tcp/add", { targets: 7 }, 2);
      site.say("newt/tcp/add", { targets: ["2:db:2"] }, 3);
      site.say("error", { message: "m", originalMessage: "o" });
      site.say("newt/blueprint/results", { success: true }, 3);
      await site.sleep(30 * second);
      expect(site.last("newt/ping")?.configVersion).toBe(1);
      site.say("newt/sync", sync(["1:db:2", "2:db:2"]), 3);
      await site.sleep(30 * second);
      expect(site.last("newt/ping")?.configVersion).toBe(3);
      site.channels[0]?.terminate();
      await site.sleep(20 * second);
      expect(site.said("newt/ping").find(({ session }) => session === 2)?.configVersion).toBe(3);
    }));

  it("is kept by a hardened site that has no tunnel, health checks among it, and passed over as shipped", async () => {
    const healthCheckTargets = [{ id: 1, hcEnabled: true, hcMode: "tcp", hcHostname: "service", hcPort: 80 }];
    for (const persona of [hardened, newt]) {
      await wire({ persona, answers: alive() }, async (site) => {
        await probed(site, "service", 0);
        await site.sleep(second);
        site.say("newt/sync", { ...sync(["1:db:2"]), healthCheckTargets }, 4);
        await site.sleep(5 * second);
        const told = site.said("newt/healthcheck/status").map(({ data }) => data.targets?.["1"]?.status);
        expect(told).toEqual(persona === hardened ? ["healthy"] : []);
        site.say("newt/tcp/add", { targets: ["2:db:2"] }, 5);
        site.say("newt/blueprint/results", { success: true }, persona === hardened ? 9 : 5);
        await site.sleep(25 * second);
        expect(site.last("newt/ping")?.configVersion).toBe(5);
      });
    }
  });

  it("has a number also where that is 0: a hardened site tells it, or what is changed while it is away stays unknown", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(31 * second);
      expect(site.said("newt/ping").map(({ text }) => text)).toEqual([
        '{"type":"newt/ping","data":{}}\n',
        '{"type":"newt/ping","data":{},"configVersion":0}\n',
      ]);
    }));

  it("is told of by number as shipped: that of every message, lost with an error", () =>
    wire({ persona: newt, answers: alive() }, async (site) => {
      await site.sleep(second);
      site.say("newt/tcp/add", { targets: ["1:db:2"] }, 1);
      site.say("newt/unheard-of", {}, 7);
      await site.sleep(10);
      await site.sleep(29 * second);
      expect(site.last("newt/ping")?.text).toBe('{"type":"newt/ping","data":{},"configVersion":7}\n');
      site.say("error", { message: "m", originalMessage: "o" });
      await site.sleep(30 * second);
      expect(site.last("newt/ping")?.text).toBe('{"type":"newt/ping","data":{}}\n');
    }));
});
