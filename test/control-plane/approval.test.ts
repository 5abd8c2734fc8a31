import { expect, test, vi } from "vitest";
import { newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import { crashWalk, startVirtualControlPlane } from "../../src/testing/index.js";
import { dataOf, org, Plane, verdict } from "./plane.js";

vi.setConfig({ testTimeout: 60_000 });

const web = {
  name: "web",
  protocol: "http",
  "full-domain": "web.example.com",
  targets: [{ hostname: "127.0.0.1", port: 8080, method: "http" }],
};
const blueprint = {
  type: "newt/blueprint/apply",
  data: { blueprint: JSON.stringify({ "public-resources": { web } }) },
} as const;
/** What a newt asks for a tunnel with. */
const register = {
  type: "newt/wg/register",
  data: { publicKey: `${"A".repeat(43)}=`, newtVersion: "1.5.0", pingResults: [{ exitNodeId: 1, latencyMs: 3 }] },
} as const;

/** A site that waits, its channel, and what it has heard of its blueprint. */
async function waiting(plane: Plane, name = "gate") {
  const newt = await plane.newt(await plane.site(await plane.key(null, false), name));
  newt.say(blueprint);
  const { data } = await newt.hear("newt/blueprint/results");
  const [site] = await plane.integration.listSites(org, { query: name });
  return { newt, answer: data, siteId: site?.siteId ?? 0, niceId: site?.niceId ?? "" };
}

/** Everything that was said to a newt up to now. */
async function saidUntilNow({ newt }: Awaited<ReturnType<typeof waiting>>): Promise<string[]> {
  newt.say({ type: "newt/ping", data: {} });
  await newt.hear("pong");
  return newt.heard.map(({ type }) => type);
}

test("a site that waits is connected and to be seen, gets no tunnel, and its blueprint is parked", async () => {
  const plane = await Plane.start();
  const site = await waiting(plane);
  expect(site.answer).toEqual({ success: true, message: "Blueprint accepted: it waits until this site is approved" });
  site.newt.say(register);
  site.newt.say({ type: "newt/ping/request", data: { noCloud: false } });
  expect(await saidUntilNow(site)).toEqual(["newt/ping/exitNodes"]);
  await expect
    .poll(() => plane.integration.findSite(site.siteId))
    .toMatchObject({
      status: "pending",
      online: true,
      newtVersion: "1.5.0",
      lastAddress: "127.0.0.1",
      configVersion: 1,
      resourceCount: 0,
    });
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ parked: true, succeeded: false }]);
  expect(await plane.integration.listTargets(site.siteId)).toEqual([]);
});

test.each(["by hand", "by a rule"])(
  "a site that is approved %s is told, and what it has parked is applied",
  async (how) => {
    const plane = await Plane.start();
    const site = await waiting(plane);
    if (how === "by hand") await plane.integration.approveSite(site.siteId);
    else await plane.integration.createApprovalRule(org, { name: "gates", namePattern: "gate" });
    await site.newt.hear("newt/wg/reconnect");
    const [rule] = await plane.integration.listApprovalRules(org);
    expect(await plane.integration.findSite(site.siteId)).toMatchObject({
      status: "approved",
      resourceCount: 1,
      configVersion: 2,
      approvalRuleId: rule?.approvalRuleId ?? null,
    });
    expect(await plane.integration.listBlueprints(org)).toMatchObject([{ parked: false, succeeded: true }]);
    expect(await plane.integration.listTargets(site.siteId)).toMatchObject([{ port: 8080 }]);
    const result = how === "by hand" ? "approved" : "approved by rule gates";
    expect((await plane.integration.audit(org, { target: site.niceId }))[0]).toMatchObject({
      action: "approve",
      result,
    });
  },
);

test("a site that a rule lets in at its exchange never waits", async () => {
  const plane = await Plane.start();
  await plane.integration.createApprovalRule(org, { name: "gates", namePattern: "gate" });
  const site = await waiting(plane);
  expect(site.answer).toEqual({ success: true, message: "Config updated successfully" });
  expect(await saidUntilNow(site)).not.toContain("newt/wg/reconnect");
});

test("a site is approved once, whoever else would approve it at the same moment", async () => {
  const plane = await Plane.start();
  const { siteId, niceId, newt } = await waiting(plane);
  const rule = (name: string) => plane.integration.createApprovalRule(org, { name, namePattern: "gate", maxSites: 1 });
  const approve = () => plane.integration.approveSite(siteId);
  const [first, , second] = await Promise.all([rule("one"), approve(), rule("two"), approve(), approve()]);
  await newt.hear("newt/wg/reconnect");
  const decisions = await plane.integration.audit(org, { target: niceId });
  expect(decisions.filter(({ action }) => action === "approve")).toHaveLength(1);
  const rules = await plane.integration.listApprovalRules(org);
  expect(first.approved + second.approved).toBe(rules.reduce((sum, { sites }) => sum + sites, 0));
  expect(verdict(await plane.api("POST", `/v1/site/${siteId}/approve`))).toEqual({
    status: 200,
    message: "Site was approved already",
  });
});

test("a site that waits is rejected, and one that a rule has let in is not by mistake", async () => {
  const plane = await Plane.start();
  const rejected = await waiting(plane);
  await plane.integration.rejectSite(rejected.siteId);
  await rejected.newt.hear("newt/wg/terminate");
  expect(await rejected.newt.hearClose()).toBe(1000);
  expect(await plane.integration.listSites(org)).toEqual([]);
  await plane.integration.createApprovalRule(org, { name: "gates", namePattern: "gate" });
  const { siteId } = await waiting(plane);
  expect(verdict(await plane.api("POST", `/v1/site/${siteId}/reject`)).status).toBe(400);
  expect(await plane.integration.listApprovalRules(org)).toMatchObject([{ sites: 1 }]);
});

test("a control plane that dies at any await while a rule is made has let in as many as it may, or none", async () => {
  const points = await crashWalk({
    seed: 1,
    host: "control-plane",
    async setUp({ virtual }) {
      const plane = await startVirtualControlPlane(virtual);
      const { client, operator, url } = plane;
      const key = await client.createKey(plane.org, { name: "field", maxBatchSize: null, approveNewSites: false });
      for (let sites = 0; sites < 4; sites++) {
        const body = JSON.stringify({ provisioningKey: key.siteProvisioningKey });
        const headers = { "content-type": "application/json" };
        const path = url + newtPaths.register;
        dataOf(
          await operator.network.request({ method: "POST", url: path, headers, body, timeoutMs: 30_000 }),
          RegisterData,
        );
      }
      return { plane, keyId: key.siteProvisioningKeyId };
    },
    async flow({ plane, keyId }) {
      const wish = { name: "three", siteProvisioningKeyId: keyId, maxSites: 3 };
      await plane.client.createApprovalRule(plane.org, wish).catch(() => undefined);
    },
    async judge({ plane }) {
      await plane.operator.clock.sleep(10_000);
      const rules = await plane.client.listApprovalRules(plane.org);
      const sites = await plane.client.listSites(plane.org);
      const approved = sites.filter(({ status }) => status === "approved");
      expect([sites.length, rules.length * 3]).toEqual([4, approved.length]);
      for (const { sites: count, approvalRuleId } of rules) {
        expect(count).toBe(3);
        expect(approved.map((site) => site.approvalRuleId)).toEqual([approvalRuleId, approvalRuleId, approvalRuleId]);
      }
      const decisions = (await plane.client.audit(plane.org)).filter(({ action }) => action === "approve");
      expect(decisions).toHaveLength(approved.length);
    },
  });
  expect(points.length).toBeGreaterThan(5);
});
