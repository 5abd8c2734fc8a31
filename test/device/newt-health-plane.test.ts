import { describe, expect, it } from "vitest";
import { hardened, newt } from "../../src/device/persona.js";
import { echo } from "../world/contract/stage.js";
import { type GovernedSite, governedSite } from "./support/governed.js";

const minute = 60_000;

/** One target behind the site, looked at over HTTP, and one by TCP. */
const blueprint = `public-resources:
  shop:
    name: shop
    mode: http
    full-domain: shop.example.com
    targets:
      - hostname: shop
        port: 80
        method: http
        healthcheck: { hostname: shop, port: 80, path: /health, method: GET, interval: 10, unhealthy-interval: 5, status: 201 }
      - hostname: shop
        port: 81
        method: http
        healthcheck: { hostname: shop, port: 81, mode: tcp, interval: 10, unhealthy-interval: 5 }
`;

/** What the control plane knows of the health of each target, by its port. */
async function known({ plane }: GovernedSite): Promise<Record<string, unknown>> {
  const [site] = await plane.client.listSites(plane.org);
  const targets = site ? await plane.client.listTargets(site.siteId) : [];
  return Object.fromEntries(targets.map(({ port, health }) => [port, health]));
}

/** A shop that may be opened and closed. */
function shopOf({ virtual }: GovernedSite) {
  const host = virtual.host("shop");
  return {
    open: () => host.boot().network.listen({ host: "0.0.0.0", port: 80 }, echo),
    close: () => host.kill(),
  };
}

describe("health checks of a blueprint", () => {
  it.each([hardened, newt])("tell the control plane how its targets are, carried out by $name", async (persona) => {
    const seen = await governedSite({ persona }, async (stage) => {
      const shop = shopOf(stage);
      await shop.open();
      stage.govern(blueprint);
      await stage.sleep(2 * minute);
      const open = await known(stage);
      shop.close();
      await stage.sleep(2 * minute);
      return [open, await known(stage)];
    });
    expect(seen).toEqual([
      { 80: "healthy", 81: "unhealthy" },
      { 80: "unhealthy", 81: "unhealthy" },
    ]);
  });

  it("go on when the box or the control plane has restarted", async () => {
    const seen = await governedSite({ persona: hardened }, async (stage) => {
      const shop = shopOf(stage);
      stage.govern(blueprint);
      await stage.sleep(2 * minute);
      const seen = [await known(stage)];
      stage.box.kill();
      await shop.open();
      await stage.sleep(3 * minute);
      seen.push(await known(stage));
      stage.plane.host.kill();
      shop.close();
      await stage.sleep(3 * minute);
      return [...seen, await known(stage)];
    });
    expect(seen.map((known) => known[80])).toEqual(["unhealthy", "healthy", "unhealthy"]);
  });
});
