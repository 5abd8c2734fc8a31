import { expect, test } from "vitest";
import { RegisterData } from "../../src/protocol/newt/index.js";
import { dataOf, nonce, org, Plane, verdict } from "./plane.js";

const usedUp = { status: 401, message: "Provisioning key has reached its maximum usage" };
const invalid = { status: 401, message: "Invalid provisioning key" };

async function only(plane: Plane) {
  const [key] = await plane.integration.listKeys(org);
  return key;
}

test("a key becomes a site with credentials of the documented form", async () => {
  const plane = await Plane.start();
  const answer = await plane.register(await plane.key(), { name: "gate-7" });
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.body)).toEqual({
    data: { newtId: expect.stringMatching(/^[a-z0-9]{15}$/), secret: expect.stringMatching(/^[a-z2-7]{40}$/) },
    success: true,
    error: false,
    message: "Newt registered successfully",
    status: 201,
  });
  const [site] = await plane.integration.listSites(org);
  expect(site).toMatchObject({ name: "gate-7", status: "approved", online: false });
  expect(site?.niceId).toMatch(/^[a-z]+-[a-z]+$/);
});

test("a site without a name takes its niceId", async () => {
  const plane = await Plane.start();
  await plane.site(await plane.key(), " \u0000 ");
  const [site] = await plane.integration.listSites(org);
  expect(site?.name).toBe(site?.niceId);
});

test("200 racing exchanges on a key of 25 give exactly 25 sites", async () => {
  const plane = await Plane.start();
  const key = await plane.key(25);
  const answers = await Promise.all(Array.from({ length: 200 }, () => plane.register(key)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(25);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused.map(verdict)).toEqual(Array.from({ length: 175 }, () => usedUp));
  expect(await plane.integration.listSites(org)).toHaveLength(25);
  expect(await only(plane)).toMatchObject({ numUsed: 25, state: "used_up" });
});

test("20 racing requests with one nonce give one site and take one use", async () => {
  const plane = await Plane.start();
  const key = await plane.key(5);
  const same = nonce(plane);
  const answers = await Promise.all(Array.from({ length: 20 }, () => plane.register(key, { nonce: same })));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  expect(await plane.integration.listSites(org)).toHaveLength(1);
  expect(await only(plane)).toMatchObject({ numUsed: 1 });
});

test("the lost answer to the last use can be had again", async () => {
  const plane = await Plane.start();
  const key = await plane.key(1);
  const same = nonce(plane);
  const lost = await plane.register(key, { nonce: same });
  const again = await plane.register(key, { nonce: same });
  expect(again).toMatchObject({ status: 201, body: lost.body });
  expect(verdict(await plane.register(key, { nonce: nonce(plane) }))).toEqual(usedUp);
});

test("an answer that is given again is on record with its site", async () => {
  const plane = await Plane.start();
  const key = await plane.key(1);
  const same = nonce(plane);
  for (let times = 0; times < 2; times++) await plane.register(key, { nonce: same });
  const [site] = await plane.integration.listSites(org);
  expect(await plane.integration.audit(org, { target: site?.niceId ?? "" })).toMatchObject([
    { action: "exchange", result: "replayed" },
    { action: "exchange", result: "created" },
  ]);
});

test("an answer is not given again after the first get-token", async () => {
  const plane = await Plane.start();
  const key = await plane.key(1);
  const same = nonce(plane);
  await plane.token(dataOf(await plane.register(key, { nonce: same }), RegisterData));
  expect(verdict(await plane.register(key, { nonce: same }))).toEqual(usedUp);
});

test("an answer is not given again to one who knows the nonce but not the key's secret", async () => {
  const plane = await Plane.start();
  const key = await plane.key(1);
  const same = nonce(plane);
  await plane.register(key, { nonce: same });
  expect(verdict(await plane.register(`${key.split(".")[0]}.guess`, { nonce: same }))).toEqual(invalid);
});

test("keys that are unknown, deleted or have another secret are one and the same refusal", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const [id = ""] = key.split(".");
  expect(verdict(await plane.register(`${id}.${"a".repeat(40)}`))).toEqual(invalid);
  expect(verdict(await plane.register(`${id}.`))).toEqual(invalid);
  expect(verdict(await plane.register(`spk-aaaaaaaaaaaaaaa.${"a".repeat(40)}`))).toEqual(invalid);
  await plane.site(key);
  await plane.integration.deleteKey(org, id);
  expect(verdict(await plane.register(key))).toEqual(invalid);
  expect(await plane.integration.listSites(org)).toHaveLength(1);
});

test("an expired key says so, and a later expiry opens it again", async () => {
  const plane = await Plane.start();
  const key = await plane.key(null, true, "2020-01-01T00:00:00Z");
  expect(verdict(await plane.register(key))).toEqual({ status: 401, message: "Provisioning key has expired" });
  await plane.integration.updateKey(org, key.split(".")[0] ?? "", { validUntil: "" });
  expect((await plane.register(key)).status).toBe(201);
});

test.each([
  ["", 400, 'Validation error: Too small: expected string to have >=1 characters at "provisioningKey"'],
  ["no-dot", 400, "Invalid provisioning key format"],
  [7, 400, 'Validation error: Invalid input: expected string, received number at "provisioningKey"'],
  [undefined, 400, 'Validation error: Invalid input: expected string, received undefined at "provisioningKey"'],
])("the malformed key %j is refused as malformed", async (provisioningKey, status, message) => {
  const plane = await Plane.start();
  const answer = await plane.send("POST", "/api/v1/auth/newt/register", { provisioningKey });
  expect(JSON.parse(answer.body)).toEqual({ data: null, success: false, error: true, message, status, stack: null });
});

test("get-token answers wrong credentials as newt expects it", async () => {
  const plane = await Plane.start();
  const { newtId } = await plane.site(await plane.key());
  const path = "/api/v1/auth/newt/get-token";
  expect(verdict(await plane.send("POST", path, { newtId, secret: "x" }))).toEqual({
    status: 400,
    message: "Secret is incorrect",
  });
  expect(verdict(await plane.send("POST", path, { newtId: "nobody", secret: "x" }))).toEqual({
    status: 400,
    message: "No newt found with that newtId",
  });
});

test("version answers nothing to update, to sites only", async () => {
  const plane = await Plane.start();
  const site = await plane.site(await plane.key());
  const path = "/api/v1/auth/newt/version";
  expect(await plane.send("POST", path, { ...site, platform: "linux_amd64" })).toMatchObject({ status: 204, body: "" });
  expect(verdict(await plane.send("POST", path, { ...site, secret: "x" }))).toEqual({
    status: 401,
    message: "Invalid credentials",
  });
});
