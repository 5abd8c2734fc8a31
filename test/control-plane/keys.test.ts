import { expect, test } from "vitest";
import { RegisterData } from "../../src/protocol/newt/index.js";
import { dataOf, MovableClock, nonce, org, Plane, verdict } from "./plane.js";

const invalid = { status: 401, message: "Invalid provisioning key" };
const keys = `/v1/org/${org}/site-provisioning-key`;
const limits = {
  reclaimAfter: 600,
  siteTtlOffline: 86_400,
  sourceCidrs: ["10.1.2.3/8", "2001:DB8::/32"],
  namePattern: "gate-*",
  labels: ["lab", "berlin", "lab"],
};
/** As they are shown. */
const shown = { ...limits, sourceCidrs: ["10.0.0.0/8", "2001:db8::/32"], labels: ["berlin", "lab"] };

function idOf(key: string): string {
  return key.split(".")[0] ?? "";
}

/** Decisions about a key, oldest first. */
async function decisions(plane: Plane, keyId: string) {
  return (await plane.integration.audit(org, { keyId })).map(({ action, result }) => `${action}: ${result}`).reverse();
}

test("a key without limits of ours is shown as a Pangolin server shows it, but for its state", async () => {
  const plane = await Plane.start();
  const id = idOf(await plane.key(3));
  expect(Object.keys(await plane.integration.findKey(org, id)).sort()).toEqual(
    [
      ...["siteProvisioningKeyId", "orgId", "name", "lastChars", "createdAt", "lastUsed"],
      ...["maxBatchSize", "numUsed", "validUntil", "approveNewSites", "state"],
    ].sort(),
  );
});

test("limits are set at creation, changed in place and cleared", async () => {
  const plane = await Plane.start();
  const { siteProvisioningKey, ...created } = await plane.integration.createKey(org, {
    name: "lab",
    maxBatchSize: 2,
    ...limits,
  });
  expect(created).toMatchObject(shown);
  const id = created.siteProvisioningKeyId;
  expect(await plane.integration.findKey(org, id)).toEqual(created);
  expect(await plane.integration.updateKey(org, id, { reclaimAfter: 30, labels: ["x"] })).toMatchObject({
    ...shown,
    reclaimAfter: 30,
    labels: ["x"],
  });
  const cleared = await plane.integration.updateKey(org, id, {
    reclaimAfter: null,
    siteTtlOffline: null,
    sourceCidrs: [],
    namePattern: null,
    labels: [],
  });
  for (const name of Object.keys(limits)) expect(cleared).not.toHaveProperty(name);
  expect((await plane.register(siteProvisioningKey)).status).toBe(201);
});

test("a key is active, used up, expired or revoked, and limits move it back and forth", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const key = await plane.key(1);
  const id = idOf(key);
  const state = async () => (await plane.integration.findKey(org, id)).state;
  const inAnHour = new Date(clock.now() + 3_600_000).toISOString();
  expect(await state()).toBe("active");
  await plane.site(key);
  expect(await state()).toBe("used_up");
  await plane.integration.updateKey(org, id, { maxBatchSize: 2, validUntil: inAnHour });
  expect(await state()).toBe("active");
  clock.move(3_600_000);
  expect(await state()).toBe("expired");
  expect(verdict(await plane.register(key)).message).toBe("Provisioning key has expired");
  await plane.integration.updateKey(org, id, { validUntil: "" });
  await plane.site(key);
  expect(await plane.integration.findKey(org, id)).toMatchObject({ numUsed: 2, state: "used_up" });
  await plane.integration.revokeKey(org, id);
  expect(await state()).toBe("revoked");
});

test("a site takes over the key's labels as they are at its exchange", async () => {
  const plane = await Plane.start();
  const { siteProvisioningKey: key } = await plane.integration.createKey(org, {
    name: "k",
    maxBatchSize: null,
    labels: ["b", "a"],
  });
  await plane.site(key);
  await plane.integration.updateKey(org, idOf(key), { labels: [] });
  await plane.site(key);
  const [first, second] = await plane.integration.listSites(org);
  expect(first?.labels).toEqual(["a", "b"]);
  expect(second).not.toHaveProperty("labels");
});

test("revoking a key is for good, on record once, and leaves its sites", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const id = idOf(key);
  const same = nonce(plane);
  const site = dataOf(await plane.register(key, { nonce: same }), RegisterData);
  for (let times = 0; times < 2; times++) {
    expect(await plane.integration.revokeKey(org, id)).toMatchObject({ state: "revoked", numUsed: 1 });
  }
  expect(verdict(await plane.register(key))).toEqual(invalid);
  expect(verdict(await plane.register(key, { nonce: same })), "an open replay ends").toEqual(invalid);
  await plane.integration.updateKey(org, id, { maxBatchSize: 9, validUntil: "" });
  expect(verdict(await plane.register(key))).toEqual(invalid);
  await plane.newt(site);
  expect(await decisions(plane, id)).toEqual([
    ...["create: created", "exchange: created", "revoke: revoked", "exchange: invalid", "exchange: invalid"],
    ...["update: changed maxBatchSize, validUntil", "exchange: invalid"],
  ]);
});

test("deleting a key keeps its sites", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const same = nonce(plane);
  const site = dataOf(await plane.register(key, { nonce: same }), RegisterData);
  await plane.integration.deleteKey(org, idOf(key));
  expect(verdict(await plane.register(key, { nonce: same }))).toEqual(invalid);
  await plane.newt(site);
  expect(await decisions(plane, idOf(key))).toEqual(["create: created", "exchange: created", "delete: removed"]);
});

test("deleting a key deletes its sites if asked to, tells those that are here, and no other", async () => {
  const plane = await Plane.start();
  const [key, other] = [await plane.key(), await plane.key()];
  const [here, kept] = [await plane.newt(await plane.site(key)), await plane.newt(await plane.site(other))];
  const away = await plane.site(key);
  const names = (await plane.integration.listSites(org)).map(({ niceId }) => niceId);
  await plane.integration.deleteKey(org, idOf(key), { sites: "delete" });
  await here.hear("newt/wg/terminate");
  expect(await here.hearClose()).toBe(1000);
  expect(verdict(await plane.send("POST", "/api/v1/auth/newt/get-token", away)).status).toBe(400);
  expect(await plane.integration.listSites(org)).toMatchObject([{ siteProvisioningKeyId: idOf(other), online: true }]);
  expect(kept.closed).toBeUndefined();
  const removed = await plane.integration.audit(org, { keyId: idOf(key) });
  expect(removed.filter(({ action }) => action === "delete").map(({ target }) => target)).toEqual(
    expect.arrayContaining([null, names[0], names[2]]),
  );
});

test("a key that its owner has made is exchanged as any other, and its id is taken once", async () => {
  const plane = await Plane.start();
  const own = `spk-abcdefghijklmn1.${"a2b3".repeat(10)}`;
  const wish = { name: "own", maxBatchSize: 1, siteProvisioningKey: own };
  expect(await plane.integration.createKey(org, wish)).toMatchObject({
    siteProvisioningKeyId: idOf(own),
    siteProvisioningKey: own,
    lastChars: "a2b3",
  });
  for (const secret of [own, `${idOf(own)}.${"b".repeat(40)}`]) {
    expect(verdict(await plane.api("PUT", keys, { ...wish, siteProvisioningKey: secret }))).toEqual({
      status: 409,
      message: "A provisioning key with this ID exists already",
    });
  }
  expect(verdict(await plane.register(`${idOf(own)}.${"b".repeat(40)}`))).toEqual(invalid);
  expect((await plane.register(own)).status).toBe(201);
  await plane.integration.deleteKey(org, idOf(own));
  await plane.integration.createKey(org, wish);
  expect((await plane.register(own)).status).toBe(201);
});

test.each(["spk-short.a", "spk-ABCDEFGHIJKLMN1.x", `spk-abcdefghijklmn1.${"a".repeat(41)}`])(
  "%s is not a key to make",
  async (siteProvisioningKey) => {
    const plane = await Plane.start();
    const answer = verdict(await plane.api("PUT", keys, { name: "own", maxBatchSize: 1, siteProvisioningKey }));
    expect(answer).toEqual({
      status: 400,
      message: 'Validation error: must be a provisioning key, spk-<15>.<40> at "siteProvisioningKey"',
    });
  },
);

test("what another organisation's key made stays when a key of the same id is deleted with its sites", async () => {
  const plane = await Plane.start();
  await plane.integration.createOrg({ orgId: "other" });
  const own = `spk-abcdefghijklmn1.${"a2b3".repeat(10)}`;
  const wish = { name: "own", maxBatchSize: null, siteProvisioningKey: own };
  await plane.integration.createKey("other", wish);
  await plane.site(own);
  await plane.integration.deleteKey("other", idOf(own));
  await plane.integration.createKey(org, wish);
  await plane.site(own);
  for (const call of [
    () => plane.integration.findKey("other", idOf(own)),
    () => plane.integration.updateKey("other", idOf(own), { maxBatchSize: 1 }),
    () => plane.integration.revokeKey("other", idOf(own)),
    () => plane.integration.deleteKey("other", idOf(own), { sites: "delete" }),
  ]) {
    await expect(call()).rejects.toMatchObject({ status: 404 });
  }
  await plane.integration.deleteKey(org, idOf(own), { sites: "delete" });
  expect(await plane.integration.listSites(org)).toEqual([]);
  expect(await plane.integration.listSites("other")).toHaveLength(1);
});
