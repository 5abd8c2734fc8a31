import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import { startControlPlane } from "../../src/testing/index.js";
import type { HttpResponse } from "../../src/world/network.js";

/** A control plane over its files, and a client that may have any number of connections. */
async function stage() {
  const plane = await startControlPlane({ tls: { kind: "off" } });
  onTestFinished(() => plane.close());
  const { network } = await plane.device("racers");
  function post(path: string, body: object, nonce?: string): Promise<HttpResponse> {
    const headers = { "content-type": "application/json", ...(nonce && { [nonceHeader]: nonce }) };
    return network.request({
      method: "POST",
      url: plane.url + path,
      headers,
      body: JSON.stringify(body),
      timeoutMs: 20_000,
    });
  }
  return {
    ...plane,
    newKey: async (uses: number) =>
      (await plane.client.createKey(plane.org, { name: "race", maxBatchSize: uses })).siteProvisioningKey,
    newCode: async () => (await plane.client.createCodes(plane.org, { name: "race", ttlSeconds: 600 })).codes[0],
    exchange: (provisioningKey: string, nonce?: string) => post(newtPaths.register, { provisioningKey }, nonce),
    authenticate: ({ body }: HttpResponse) => post(newtPaths.getToken, JSON.parse(body).data),
    provision: (provisioning_code: string | undefined, nonce?: string) =>
      post(edgeflowPaths.provision, { provisioning_code }, nonce),
  };
}

function times<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** How many answers have each status. */
function statuses(answers: readonly HttpResponse[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const newNonce = (): string => randomBytes(32).toString("hex");

test("200 racing requests with one nonce give one site, one credential and take one use", async () => {
  const { client, org, newKey, exchange } = await stage();
  const [key, nonce] = [await newKey(25), newNonce()];
  const answers = await times(200, () => exchange(key, nonce));
  expect(statuses(answers)).toEqual({ 201: 200 });
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await client.listSites(org)).toHaveLength(1);
  expect(await client.listKeys(org)).toMatchObject([{ numUsed: 1 }]);
});

test("racing devices that each ask four times at once share a key's uses, one for each nonce", async () => {
  const { client, org, newKey, exchange } = await stage();
  const key = await newKey(25);
  const nonces = Array.from({ length: 50 }, newNonce);
  const answers = await times(200, (index) => exchange(key, nonces[index % nonces.length]));
  expect(statuses(answers)).toEqual({ 201: 100, 401: 100 });
  expect(new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body)).size).toBe(25);
  expect(await client.listSites(org)).toHaveLength(25);
  expect(await client.listKeys(org)).toMatchObject([{ numUsed: 25, state: "used_up" }]);
});

test("50 racing devices on one code give one device", async () => {
  const { client, org, newCode, provision } = await stage();
  const code = await newCode();
  expect(statuses(await times(50, () => provision(code, newNonce())))).toEqual({ 201: 1, 409: 49 });
  expect(await client.listDevices(org)).toHaveLength(1);
});

test("50 racing requests with one code and one nonce give one device and one credential", async () => {
  const { client, org, newCode, provision } = await stage();
  const [code, nonce] = [await newCode(), newNonce()];
  const answers = await times(50, () => provision(code, nonce));
  expect(statuses(answers)).toEqual({ 201: 50 });
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(await client.listDevices(org)).toHaveLength(1);
});

test("requests that race with the first authentication get the credential it has or none", async () => {
  const { client, org, newKey, exchange, authenticate } = await stage();
  const [key, nonce] = [await newKey(1), newNonce()];
  const first = await exchange(key, nonce);
  const [before, token, after] = await Promise.all([
    times(20, () => exchange(key, nonce)),
    authenticate(first),
    times(20, () => exchange(key, nonce)),
  ]);
  expect(token.status).toBe(200);
  for (const { status, body } of [...before, ...after]) {
    if (status !== 401) expect({ status, body }).toEqual({ status: 201, body: first.body });
  }
  expect((await exchange(key, nonce)).status).toBe(401);
  expect(await client.listSites(org)).toHaveLength(1);
  expect(await client.listKeys(org)).toMatchObject([{ numUsed: 1 }]);
});
