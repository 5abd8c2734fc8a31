import { expect, test } from "vitest";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { MovableClock, nonce, org, Plane, verdict } from "./plane.js";

const path = `/v1/org/${org}/provisioning-code`;
const unknown = { status: 404, body: JSON.stringify({ error: "Unknown provisioning code" }) };
const used = { status: 409, body: JSON.stringify({ error: "Provisioning code has already been used" }) };
const expired = { status: 410, body: JSON.stringify({ error: "Provisioning code has expired" }) };

async function batch(plane: Plane, quantity: number, more: object = {}) {
  const created = await plane.integration.createCodes(org, { name: "batch", quantity, ...more });
  const { codes, ...item } = created;
  const [first = "", second = "", third = ""] = codes;
  return { id: item.provisioningCodeId, item, first, second, third };
}

async function only(plane: Plane) {
  const [item] = await plane.integration.listCodes(org);
  return item;
}

test("a batch says what was set, and its devices take over the labels", async () => {
  const plane = await Plane.start();
  const plain = await batch(plane, 1);
  for (const name of ["reclaimAfter", "labels", "numRevoked"]) expect(plain.item).not.toHaveProperty(name);
  const { item, first } = await batch(plane, 2, { reclaimAfter: 60, labels: ["b", "a"] });
  expect(item).toMatchObject({ reclaimAfter: 60, labels: ["a", "b"], numUsed: 0, state: "active" });
  const { deviceId } = await plane.device(first);
  expect(await plane.integration.findDevice(org, deviceId)).toMatchObject({ labels: ["a", "b"], name: "pi-1" });
  expect((await plane.integration.listCodes(org))[1]).toMatchObject({
    ...item,
    numUsed: 1,
    lastUsed: expect.any(String),
  });
});

test("one code of a batch is revoked, however it is typed, and the others work", async () => {
  const plane = await Plane.start();
  const { id, first, second } = await batch(plane, 2);
  for (let times = 0; times < 2; times++) {
    const item = await plane.integration.revokeCodes(org, id, { code: ` ${first.toLowerCase()} ` });
    expect(item).toMatchObject({ numRevoked: 1, numUsed: 0, state: "active" });
  }
  expect(await plane.provision(first)).toMatchObject(unknown);
  await plane.device(second);
  expect(await only(plane)).toMatchObject({ numRevoked: 1, numUsed: 1, state: "used_up" });
  const audit = await plane.integration.audit(org, { keyId: id });
  expect(audit.filter(({ action }) => action === "revoke")).toMatchObject([{ result: "one code revoked" }]);
  expect(JSON.stringify(audit)).not.toContain(first);
});

test("a batch whose codes are all revoked one by one is revoked", async () => {
  const plane = await Plane.start();
  const { id, first } = await batch(plane, 1);
  expect(await plane.integration.revokeCodes(org, id, { code: first })).toMatchObject({ state: "revoked" });
});

test("a code of another batch, or none at all, is not found and nothing is revoked", async () => {
  const plane = await Plane.start();
  const [mine, other] = [await batch(plane, 1), await batch(plane, 1)];
  for (const code of [other.first, "PROV-AAAA-AAAA", "x"]) {
    expect(verdict(await plane.api("POST", `${path}/${mine.id}/revoke`, { code }))).toEqual({
      status: 404,
      message: `Provisioning code ${mine.id} has no such code in its batch`,
    });
  }
  expect(verdict(await plane.api("POST", `${path}/codes-none/revoke`, {}))).toEqual({
    status: 404,
    message: "Provisioning code codes-none not found",
  });
  await plane.device(mine.first);
  await plane.device(other.first);
});

test("a used code stays used when it is revoked, and its device stays", async () => {
  const plane = await Plane.start();
  const { id, first } = await batch(plane, 2);
  const same = nonce(plane);
  const device = JSON.parse((await plane.provision(first, same)).body);
  expect(await plane.integration.revokeCodes(org, id, { code: first })).toMatchObject({ numUsed: 1, state: "active" });
  expect(await plane.provision(first, same), "an open replay ends").toMatchObject(used);
  await plane.connected({ deviceId: device.device_id, apiKey: device.api_key });
});

test("a revoked batch gives nothing, not even an answer again", async () => {
  const plane = await Plane.start();
  const { id, first, second } = await batch(plane, 2);
  const same = nonce(plane);
  await plane.provision(first, same);
  for (let times = 0; times < 2; times++) {
    expect(await plane.integration.revokeCodes(org, id)).toMatchObject({ state: "revoked", numUsed: 1 });
  }
  for (const code of [first, second]) expect(await plane.provision(code, same)).toMatchObject(unknown);
  const audit = await plane.integration.audit(org, { keyId: id });
  expect(audit.filter(({ action }) => action === "revoke")).toMatchObject([
    { result: "revoked", address: "127.0.0.1" },
  ]);
});

test("a deleted batch keeps its devices and is on record", async () => {
  const plane = await Plane.start();
  const { id, first, second } = await batch(plane, 2);
  const device = await plane.device(first);
  await plane.integration.deleteCodes(org, id);
  expect(await plane.provision(second)).toMatchObject(unknown);
  await plane.connected(device);
  expect(await plane.integration.audit(org, { keyId: id })).toMatchObject([
    { action: "delete" },
    { action: "provision" },
    { action: "create" },
  ]);
});

test("an expired code says so, used or not; a lost answer to it can be had again", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const { first, second } = await batch(plane, 2, { ttlSeconds: 60 });
  const same = nonce(plane);
  const lost = await plane.provision(first, same);
  clock.move(60_000);
  expect(await plane.provision(second)).toMatchObject(expired);
  expect(await plane.provision(first)).toMatchObject(expired);
  expect(await plane.provision(first, same)).toMatchObject({ status: 201, body: lost.body });
  expect(await only(plane)).toMatchObject({ state: "expired", numUsed: 1 });
});

test("200 racing devices on one code give one device", async () => {
  const plane = await Plane.start();
  const { first } = await batch(plane, 2);
  const answers = await Promise.all(Array.from({ length: 200 }, () => plane.provision(first)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
  expect(await plane.integration.listDevices(org)).toHaveLength(1);
  expect((await plane.send("POST", edgeflowPaths.provision, { provisioning_code: first })).status).toBe(409);
});
