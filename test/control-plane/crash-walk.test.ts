import { expect, test, vi } from "vitest";
import { NewtSite, type StopReason } from "../../src/device/index.js";
import { IntegrationRefusal } from "../../src/protocol/integration/index.js";
import { type CrashStage, crashWalk, startVirtualControlPlane, supervise } from "../../src/testing/index.js";
import type { Clock } from "../../src/world/clock.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

const host = "control-plane";
/** Long enough for every retry, and for the control plane to miss whoever is gone. */
const aWhile = 200_000;

/** How long a control plane that is struck at the last moment is given to be back, with all its sites. */
const recovery = 20_000;

/** A control plane, and sites that have its key and are not yet on. */
async function stage(
  { virtual }: CrashStage,
  { uses, sites, approved }: { uses: number; sites: number; approved: boolean },
) {
  const plane = await startVirtualControlPlane(virtual);
  const key = await plane.client.createKey(plane.org, { name: "acme", maxBatchSize: uses, approveNewSites: approved });
  const config = {
    endpoint: plane.url,
    provisioningKey: key.siteProvisioningKey,
    provisioningBlueprintFile: "bootstrap.yaml",
  };
  const ends: StopReason[] = [];
  function switchOn(): void {
    for (let number = 1; number <= sites; number++) {
      const box = virtual.host(`box ${number}`);
      box.disk.put("bootstrap.yaml", "public-resources: {}");
      box.disk.put("newt.json", JSON.stringify({ ...config, name: box.name }), 0o600);
      const live = async (site: NewtSite): Promise<unknown> => ends.push(await site.run());
      supervise(virtual, box, (world) => live(new NewtSite(world, { configFile: "newt.json" })), {
        restartAfterMs: 1_000,
      });
    }
  }
  return { ...plane, plane, ends, switchOn };
}

/** Orders something until it is answered. That it was done already is an answer. */
async function insist(clock: Clock, order: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await order();
    } catch (error) {
      if (error instanceof IntegrationRefusal && error.status === 404) return;
      await clock.sleep(1_000);
    }
  }
}

test("a control plane that dies at any await gives three sites two uses, twice and no more", async () => {
  const points = await crashWalk({
    seed: 1,
    host,
    setUp: (on) => stage(on, { uses: 2, sites: 3, approved: true }),
    flow: ({ switchOn, operator }) => {
      switchOn();
      return operator.clock.sleep(aWhile);
    },
    async judge({ client, org, ends, operator }) {
      await operator.clock.sleep(recovery);
      expect(await client.listSites(org), "two sites, online").toMatchObject([{ online: true }, { online: true }]);
      expect(await client.listKeys(org), "two uses").toMatchObject([{ numUsed: 2, state: "used_up" }]);
      expect(ends, "one refused").toMatchObject([{ kind: "refused", step: "exchange" }]);
      const applied = (await client.listBlueprints(org)).filter(({ succeeded }) => succeeded);
      expect(applied.map(({ siteId }) => siteId).sort(), "each blueprint applied once").toEqual([1, 2]);
    },
  });
  expect(points.length).toBeGreaterThan(100);
});

test("a control plane that dies at any await of an approval and a rejection carries both out once", async () => {
  await crashWalk({
    seed: 1,
    host,
    strokes: ["kill"],
    async setUp(on) {
      const subject = await stage(on, { uses: 2, sites: 2, approved: false });
      subject.switchOn();
      await subject.operator.clock.sleep(20_000);
      expect(await subject.client.listSites(subject.org)).toMatchObject([{ status: "pending" }, { status: "pending" }]);
      return subject;
    },
    async flow({ client, operator }) {
      const insistOn = (order: () => Promise<void>): Promise<void> => insist(operator.clock, order);
      await Promise.all([insistOn(() => client.approveSite(1)), insistOn(() => client.rejectSite(2))]);
      await operator.clock.sleep(aWhile);
    },
    async judge({ client, org, ends, operator }) {
      await operator.clock.sleep(recovery);
      expect(await client.listSites(org)).toMatchObject([{ siteId: 1, status: "approved", online: true }]);
      expect(ends, "the rejected site has ended").toMatchObject([{ kind: "refused" }]);
      const [blueprint, ...more] = (await client.listBlueprints(org)).filter(({ siteId }) => siteId === 1);
      expect(blueprint).toMatchObject({ parked: false, succeeded: true });
      expect(more, "applied once").toEqual([]);
    },
  });
});

test("a control plane that dies at any await of its first start serves in the end", async () => {
  await crashWalk({
    seed: 1,
    host,
    setUp: async () => undefined,
    flow: (_, { virtual }) => startVirtualControlPlane(virtual),
    async judge(_, { virtual }) {
      const { network } = virtual.host("onlooker").boot();
      const health = await network.request({ method: "GET", url: `https://${host}/healthz`, timeoutMs: 5_000 });
      expect(health.status).toBe(200);
    },
  });
});
