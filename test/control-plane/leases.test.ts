import { expect, test } from "vitest";
import type { KeyCreate } from "../../src/protocol/integration/index.js";
import { RegisterData } from "../../src/protocol/newt/index.js";
import { dataOf, MovableClock, nonce, org, Plane, verdict } from "./plane.js";

const minute = 60_000;
/** Longer than it takes until leases are looked after again. */
const round = 20_000;
const usedUp = { status: 401, message: "Provisioning key has reached its maximum usage" };

async function stage() {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const { integration } = plane;
  return {
    clock,
    plane,
    integration,
    key: async (wish: Partial<KeyCreate> = {}) => {
      const body = { name: "leased", maxBatchSize: 1, reclaimAfter: 600, ...wish };
      const { siteProvisioningKey } = await integration.createKey(org, body);
      return { key: siteProvisioningKey, id: siteProvisioningKey.split(".")[0] ?? "" };
    },
    code: async (more: object = {}) => {
      const created = await integration.createCodes(org, { name: "leased", reclaimAfter: 600, ...more });
      return { code: created.codes[0] ?? "", id: created.provisioningCodeId };
    },
    uses: async (id: string) => (await integration.findKey(org, id)).numUsed,
    sites: async () => (await integration.listSites(org)).length,
    devices: async () => (await integration.listDevices(org)).length,
    reclaimed: async () =>
      (await integration.audit(org)).filter(({ action }) => action === "reclaim").map(({ target }) => target),
    /** Moves the clock on, to a round of the housekeeping whose work is then done. */
    async pass(ms: number) {
      clock.move(ms);
      // Commands come after what the round has begun.
      await integration.createCodes(org, { name: "barrier" });
      await integration.listCodes(org);
    },
  };
}

test("a site that never comes is removed when its lease is over, not before, and its use given back", async () => {
  const { plane, key, uses, sites, pass, reclaimed, integration } = await stage();
  const { key: leased, id } = await key();
  const lost = await plane.site(leased);
  const [site] = await integration.listSites(org);
  await pass(9 * minute);
  expect([await uses(id), await sites()]).toEqual([1, 1]);
  await pass(minute + round);
  await expect.poll(sites).toBe(0);
  expect(await uses(id)).toBe(0);
  expect(await reclaimed()).toEqual([site?.niceId]);
  expect(verdict(await plane.send("POST", "/api/v1/auth/newt/get-token", lost)).status).toBe(400);
  expect((await plane.register(leased)).status).toBe(201);
});

test("a site that has authenticated once is never reclaimed", async () => {
  const { plane, key, uses, sites, pass, integration } = await stage();
  const { key: leased, id } = await key({ maxBatchSize: 2 });
  const living = await plane.site(leased);
  await plane.token(living);
  await plane.site(leased);
  for (let day = 0; day < 3; day++) await pass(86_400_000);
  await expect.poll(sites).toBe(1);
  expect(await uses(id)).toBe(1);
  expect(await integration.listSites(org)).toMatchObject([{ newtId: living.newtId }]);
});

test("without a lease nothing is reclaimed, and a lease that is set later holds for those before", async () => {
  const { plane, key, sites, pass, uses, integration } = await stage();
  const { key: open, id } = await key({ reclaimAfter: null });
  await plane.site(open);
  await pass(365 * 86_400_000);
  await pass(round);
  expect(await sites()).toBe(1);
  await integration.updateKey(org, id, { reclaimAfter: 1 });
  await pass(round);
  await expect.poll(sites).toBe(0);
  expect(await uses(id)).toBe(0);
});

test("a lost answer of a stock newt costs no use in the end", async () => {
  const { plane, clock, key, uses, sites } = await stage();
  const { key: leased, id } = await key({ maxBatchSize: 1 });
  await plane.register(leased);
  expect(verdict(await plane.register(leased)), "its supervisor starts it again").toEqual(usedUp);
  // No round of the housekeeping in between: the exchange itself looks.
  clock.move(10 * minute);
  const site = await plane.site(leased);
  await plane.newt(site);
  expect([await uses(id), await sites()]).toEqual([1, 1]);
});

test("a key that is made again with its old id gets no use back for the sites of the deleted one", async () => {
  const { plane, clock, key, uses, sites, pass, integration } = await stage();
  const wish = { maxBatchSize: 2, siteProvisioningKey: `spk-abcdefghijklmn1.${"a2b3".repeat(10)}` };
  const { key: own, id } = await key(wish);
  for (let number = 0; number < 2; number++) await plane.site(own);
  await integration.deleteKey(org, id);
  await key(wish);
  for (let number = 0; number < 2; number++) await plane.token(await plane.site(own));
  clock.move(10 * minute);
  expect(verdict(await plane.register(own))).toEqual(usedUp);
  await pass(round);
  expect([await uses(id), await sites()]).toEqual([2, 4]);
});

test("the new secret of a site that has never come has its time from the re-key on", async () => {
  const { plane, key, sites, pass, integration } = await stage();
  const { key: leased } = await key();
  await plane.site(leased);
  await pass(9 * minute);
  const [site] = await integration.listSites(org);
  const { newtId, secret } = await integration.rekeySite(site?.siteId ?? 0);
  await pass(9 * minute);
  await pass(round);
  expect(await sites()).toBe(1);
  await plane.newt({ newtId, secret });
});

test("a full organisation finds room where leases are over", async () => {
  const { plane, clock, key, sites, integration } = await stage();
  const { key: leased } = await key({ maxBatchSize: null });
  await integration.updateOrg(org, { maxSites: 1 });
  await plane.site(leased);
  expect((await plane.register(leased)).status).toBe(403);
  clock.move(10 * minute);
  await plane.site(leased);
  expect(await sites()).toBe(1);
});

test("a limit that was lowered stays: what is given back counts, and no more", async () => {
  const { plane, clock, key, uses, integration } = await stage();
  const { key: leased, id } = await key({ maxBatchSize: 5 });
  for (let number = 0; number < 5; number++) await plane.site(leased);
  await integration.updateKey(org, id, { maxBatchSize: 2 });
  clock.move(10 * minute);
  const answers = [await plane.register(leased), await plane.register(leased), await plane.register(leased)];
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 401]);
  expect(await uses(id)).toBe(2);
});

test("an answer that is given again has its time from then on", async () => {
  const { plane, key, sites, pass, uses } = await stage();
  const { key: leased, id } = await key();
  const same = nonce(plane);
  const lost = await plane.register(leased, { nonce: same });
  await pass(9 * minute);
  expect(await plane.register(leased, { nonce: same })).toMatchObject({ status: 201, body: lost.body });
  await pass(9 * minute);
  await pass(round);
  expect(await sites()).toBe(1);
  await plane.newt(dataOf(lost, RegisterData));
  await pass(9 * minute);
  expect([await uses(id), await sites()]).toEqual([1, 1]);
});

test("a reclaimed site's answer is not given again: its nonce takes a new use", async () => {
  const { plane, key, sites, pass, uses } = await stage();
  const { key: leased, id } = await key();
  const same = nonce(plane);
  const lost = dataOf(await plane.register(leased, { nonce: same }), RegisterData);
  await pass(10 * minute + round);
  await expect.poll(sites).toBe(0);
  const next = dataOf(await plane.register(leased, { nonce: same }), RegisterData);
  expect(next.newtId).not.toBe(lost.newtId);
  expect(await uses(id)).toBe(1);
});

test("a deleted key's leases are over: nothing is refunded, its sites stay", async () => {
  const { plane, key, sites, pass, reclaimed, integration } = await stage();
  const { key: leased, id } = await key();
  await plane.site(leased);
  await integration.deleteKey(org, id);
  await pass(11 * minute);
  await pass(round);
  expect([await sites(), await reclaimed()]).toEqual([1, []]);
});

test("more leases than one commit ends are over in the end, and exactly they", async () => {
  const { plane, key, sites, pass, uses } = await stage();
  const { key: leased, id } = await key({ maxBatchSize: null });
  const living = await plane.site(leased);
  await plane.token(living);
  await Promise.all(Array.from({ length: 300 }, () => plane.register(leased)));
  expect(await uses(id)).toBe(301);
  await pass(10 * minute + round);
  await pass(round);
  await expect.poll(sites).toBe(1);
  expect(await uses(id)).toBe(1);
});

test("a device that never connects is removed when its code's lease is over, and the code is unused again", async () => {
  const { plane, code, pass, devices, reclaimed, integration } = await stage();
  const { code: leased, id } = await code();
  const lost = await plane.device(leased);
  await pass(9 * minute);
  expect(await devices()).toBe(1);
  await pass(minute + round);
  await expect.poll(devices).toBe(0);
  expect((await integration.listCodes(org))[0]).toMatchObject({ provisioningCodeId: id, numUsed: 0, state: "active" });
  expect(await reclaimed()).toEqual([lost.deviceId]);
  await plane.connected(await plane.device(leased));
  await pass(11 * minute);
  await pass(round);
  expect(await devices()).toBe(1);
});

test("a used code whose lease is over is taken at once", async () => {
  const { plane, clock, code, devices } = await stage();
  const { code: leased } = await code();
  await plane.device(leased);
  expect((await plane.provision(leased)).status).toBe(409);
  clock.move(10 * minute);
  await plane.connected(await plane.device(leased));
  clock.move(10 * minute);
  expect((await plane.provision(leased)).status).toBe(409);
  expect(await devices()).toBe(1);
});

test("a revoked code that its lease gives back stays revoked", async () => {
  const { plane, code, pass, devices, integration } = await stage();
  const { code: leased, id } = await code();
  await plane.device(leased);
  await integration.revokeCodes(org, id, { code: leased });
  await pass(10 * minute + round);
  await expect.poll(devices).toBe(0);
  expect((await plane.provision(leased)).status).toBe(404);
});

test("a lost answer to a code that is given again has its time from then on", async () => {
  const { plane, code, pass, devices } = await stage();
  const { code: leased } = await code();
  const same = nonce(plane);
  const lost = await plane.provision(leased, same);
  await pass(9 * minute);
  expect(await plane.provision(leased, same)).toMatchObject({ status: 201, body: lost.body });
  await pass(9 * minute);
  await pass(round);
  expect(await devices()).toBe(1);
});
