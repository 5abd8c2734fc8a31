import { expect, test, vi } from "vitest";
import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import {
  crashWalk,
  linkProfiles,
  startVirtualControlPlane,
  type VirtualControlPlane,
  VirtualWorld,
} from "../../src/testing/index.js";
import type { World } from "../../src/world/world.js";
import { Receiver } from "./receiver.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

const minute = 60_000;
const hour = 60 * minute;
const tls = { certificate: "", key: "" };

function receive(world: World): Promise<Receiver> {
  return Receiver.start(world, { host: "0.0.0.0", port: 443, tls });
}

/** A key that was revoked: whoever shows it raises an alert. */
async function revokedKey({ client, org }: VirtualControlPlane): Promise<string> {
  const key = await client.createKey(org, { name: "revoked", maxBatchSize: 1 });
  await client.revokeKey(org, key.siteProvisioningKeyId);
  return key.siteProvisioningKey;
}

/** Shows a key until it is refused. */
async function show({ url, operator }: VirtualControlPlane, provisioningKey: string): Promise<void> {
  const body = JSON.stringify({ provisioningKey });
  const wish = { method: "POST", url: url + newtPaths.register, headers: newtHeaders, body, timeoutMs: 5_000 } as const;
  for (;;) {
    const answer = await operator.network.request(wish).catch(() => undefined);
    if (answer?.status === 401) return;
    await operator.clock.sleep(1_000);
  }
}

test("a receiver that is down for an hour hears of every alert once, though the server is started again meanwhile", async () => {
  const virtual = new VirtualWorld({ seed: 1, link: linkProfiles.lan });
  await virtual.run(
    async () => {
      const plane = await startVirtualControlPlane(virtual);
      const { client, org, operator } = plane;
      const receiver = await receive(virtual.host("receiver").boot());
      const { secret, webhookId } = await client.createWebhook(org, { url: "https://receiver/hook" });
      await receiver.close();
      for (let index = 0; index < 20; index++) {
        await show(plane, await revokedKey(plane));
        if (index % 7 === 3) plane.host.kill();
        await operator.clock.sleep(2 * minute);
      }
      await operator.clock.sleep(20 * minute);
      expect(plane.lives).toBe(4);
      await receiver.open();
      await operator.clock.sleep(2 * hour);
      const alerts = await client.listAlerts(org);
      expect(alerts).toHaveLength(20);
      const told = receiver.events(secret);
      expect(told.map(({ type }) => type)).toEqual(Array(20).fill("alert.opened"));
      expect(new Set(told.map(({ data }) => data?.alertId))).toEqual(new Set(alerts.map(({ alertId }) => alertId)));
      expect(receiver.received, "nothing came twice").toHaveLength(20);
      expect((await client.listDeliveries(org, webhookId)).map(({ state }) => state)).toEqual(
        Array(20).fill("delivered"),
      );
      expect(plane.log).not.toContain(secret);
      plane.close();
    },
    { virtualMs: 12 * hour, events: 10_000_000 },
  );
});

test("a receiver that never comes back is given up after a day, and the others are told meanwhile", async () => {
  const virtual = new VirtualWorld({ seed: 2, link: linkProfiles.lan });
  await virtual.run(
    async () => {
      const plane = await startVirtualControlPlane(virtual);
      const { client, org, operator } = plane;
      const receiver = await receive(virtual.host("receiver").boot());
      const dead = await client.createWebhook(org, { url: "https://nobody/hook" });
      const { secret } = await client.createWebhook(org, { url: "https://receiver/hook" });
      await show(plane, await revokedKey(plane));
      await operator.clock.sleep(minute);
      expect(receiver.events(secret)).toHaveLength(1);
      await operator.clock.sleep(15 * hour);
      expect(await client.listDeliveries(org, dead.webhookId)).toMatchObject([{ state: "waiting", attempts: 7 }]);
      await operator.clock.sleep(8 * hour);
      expect(await client.listDeliveries(org, dead.webhookId)).toMatchObject([
        { state: "failed", attempts: 8, outcome: "dns", nextAt: null },
      ]);
      expect(plane.log).toContain("webhook not delivered");
      plane.close();
    },
    { virtualMs: 30 * hour, events: 10_000_000 },
  );
});

test("a control plane that dies at any await tells of an alert it has, and of no other", async () => {
  const points = await crashWalk({
    seed: 1,
    host: "control-plane",
    async setUp({ virtual }) {
      const plane = await startVirtualControlPlane(virtual);
      const receiver = await receive(virtual.host("receiver").boot());
      const { secret } = await plane.client.createWebhook(plane.org, { url: "https://receiver/hook" });
      return { plane, receiver, secret, key: await revokedKey(plane) };
    },
    async flow({ plane, key }) {
      await show(plane, key);
      await plane.operator.clock.sleep(20_000);
    },
    async judge({ plane, receiver, secret }) {
      const { client, org, operator } = plane;
      await operator.clock.sleep(minute);
      const [alert, ...more] = await client.listAlerts(org);
      expect(more).toEqual([]);
      expect(receiver.events(secret)).toMatchObject([{ type: "alert.opened", data: { alertId: alert?.alertId } }]);
    },
  });
  expect(points.length).toBeGreaterThan(20);
});
