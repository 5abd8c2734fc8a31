import { describe, expect, it } from "vitest";
import { newt } from "../../src/device/index.js";
import { probed } from "./support/node.js";
import { alive, placeAt, type Wire, wire } from "./support/wire.js";

const second = 1_000;
const minute = 60 * second;

describe("health checks", () => {
  const check = (id: number, hcPort: number) => ({
    id,
    hcEnabled: true,
    hcMode: "tcp",
    hcHostname: "service",
    hcPort,
    hcInterval: 5,
  });
  const statuses = (site: Wire) =>
    site
      .said("newt/healthcheck/status")
      .map(({ data }) =>
        Object.fromEntries(Object.entries(data.targets ?? {}).map(([id, { status }]) => [id, status])),
      );

  it("come with a place, a sync or by themselves, are made for real, and told of as they come out", () =>
    wire({ persona: newt, answers: alive() }, async (site) => {
      await probed(site, "service", 0);
      await site.sleep(second);
      site.say("newt/healthcheck/add", { targets: [] }, 1);
      site.say("newt/healthcheck/status/request", {}, 1);
      await site.sleep(second);
      expect(statuses(site)).toEqual([{}]);
      site.say("newt/wg/connect", placeAt("node:51820", { healthCheckTargets: [check(1, 80)] }), 1);
      await site.sleep(3 * second);
      expect(statuses(site).at(-1)).toEqual({ 1: "healthy" });
      site.say("newt/healthcheck/add", { targets: [check(2, 81)] }, 2);
      await site.sleep(3 * second);
      expect(statuses(site).at(-1)).toEqual({ 1: "healthy", 2: "unhealthy" });
      site.say("newt/healthcheck/remove", { ids: [1] }, 3);
      await site.sleep(second);
      expect(statuses(site).at(-1)).toEqual({ 2: "unhealthy" });
      const told = statuses(site).length;
      site.channels[0]?.terminate();
      await site.sleep(second);
      expect(statuses(site)).toHaveLength(told + 1);
      site.say("newt/sync", { proxyTargets: { tcp: [], udp: [] }, healthCheckTargets: [check(3, 80)] }, 4);
      await site.sleep(3 * second);
      expect(statuses(site).at(-1)).toEqual({ 3: "healthy" });
      site.say("newt/wg/terminate", {}, 5);
      const before = statuses(site).length;
      await site.sleep(minute);
      expect(statuses(site)).toHaveLength(before);
    }));
});
