import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { type KeyCreate, KeyCreated, type KeyUpdate, OrgItem } from "../../src/protocol/integration/schema.js";
import { envelopeOf, newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import { realWorld } from "../../src/world/real/index.js";
import { apiKey, org, verdict } from "./plane.js";

const foreign = { status: 403, message: "Provisioning key does not accept this source address" };
const unfit = { status: 403, message: "Provisioning key does not accept this name" };
const expired = { status: 401, message: "Provisioning key has expired" };
const usedUp = { status: 401, message: "Provisioning key has reached its maximum usage" };
const full = { status: 403, message: "Site limit exceeded" };
const registered = { status: 201, message: "Newt registered successfully" };
const nonce = "ab".repeat(32);

interface Caller {
  readonly name?: string;
  /** Where the call seems to come from. */
  readonly address?: string;
  readonly nonce?: string;
}

/** A control plane without a network: a caller may come from anywhere. */
async function stage() {
  const world = realWorld({ name: "control-plane" });
  const controlPlane = await createControlPlane({
    world,
    database: openSqlite(":memory:"),
    pepper: Buffer.alloc(32),
    apiKey,
  });
  onTestFinished(() => controlPlane.close());

  async function call(method: string, path: string, body: object, headers = {}, address = "127.0.0.1") {
    const init = { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
    const answer = await controlPlane.request(new Request(`http://plane${path}`, init), { address });
    return { status: answer.status, headers: {}, body: await answer.text() };
  }
  async function api<T>(method: string, path: string, body: object, data: { parse(value: unknown): T }) {
    const answer = await call(method, path, body, { authorization: `Bearer ${apiKey}` });
    return data.parse(JSON.parse(answer.body).data);
  }
  const keys = `/v1/org/${org}/site-provisioning-key`;
  return {
    key: async (wish: Partial<KeyCreate>) => {
      const body = { name: "restricted", maxBatchSize: null, ...wish };
      return (await api("PUT", keys, body, KeyCreated)).siteProvisioningKey;
    },
    update: (key: string, changes: KeyUpdate) =>
      api("PATCH", `${keys}/${key.split(".")[0]}`, changes, { parse: (value) => value }),
    limitSites: (maxSites: number | null) => api("POST", `/v1/org/${org}`, { maxSites }, OrgItem),
    /** Status and message of an exchange. */
    async register(provisioningKey: string, { name, address, nonce }: Caller = {}) {
      const headers = nonce ? { [nonceHeader]: nonce } : {};
      return call("POST", newtPaths.register, { provisioningKey, name }, headers, address);
    },
  };
}

test("a key is exchanged from its networks only, and from anywhere without any", async () => {
  const { key, register, update } = await stage();
  const restricted = await key({ sourceCidrs: ["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"] });
  for (const address of ["10.1.255.1", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8:1::9"]) {
    expect(verdict(await register(restricted, { address }))).toEqual(registered);
  }
  for (const address of ["10.2.0.1", "192.0.2.8", "2001:db9::1", "::1", "not an address", ""]) {
    expect(verdict(await register(restricted, { address }))).toEqual(foreign);
  }
  await update(restricted, { sourceCidrs: [] });
  expect(verdict(await register(restricted, { address: "203.0.113.1" }))).toEqual(registered);
});

test("a key is exchanged for names of its pattern only", async () => {
  const { key, register, update } = await stage();
  const restricted = await key({ namePattern: "gate-??" });
  for (const name of ["gate-01", "GATE-xy", "  gate-01\u0000 "]) {
    expect(verdict(await register(restricted, { name }))).toEqual(registered);
  }
  for (const caller of [{ name: "gate-1" }, { name: "my gate-01" }, { name: " " }, {}]) {
    expect(verdict(await register(restricted, caller))).toEqual(unfit);
  }
  await update(restricted, { namePattern: null });
  expect(verdict(await register(restricted))).toEqual(registered);
});

test("a refusal takes no use", async () => {
  const { key, register } = await stage();
  const once = await key({ maxBatchSize: 1, sourceCidrs: ["10.0.0.0/8"], namePattern: "a*" });
  expect(verdict(await register(once, { name: "a" }))).toEqual(foreign);
  expect(verdict(await register(once, { name: "b", address: "10.0.0.1" }))).toEqual(unfit);
  expect(verdict(await register(once, { name: "a", address: "10.0.0.1" }))).toEqual(registered);
});

test("an organisation takes as many sites as it may have, whatever its keys allow", async () => {
  const { key, register, limitSites } = await stage();
  const open = await key({});
  await limitSites(25);
  const answers = await Promise.all(Array.from({ length: 60 }, () => register(open)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(25);
  expect(answers.filter(({ status }) => status === 403).map(verdict)).toEqual(Array.from({ length: 35 }, () => full));
  await limitSites(26);
  expect(verdict(await register(open))).toEqual(registered);
  expect(verdict(await register(open))).toEqual(full);
  await limitSites(null);
  expect(verdict(await register(open))).toEqual(registered);
});

test("a lost answer is given again, whatever the key has against it by now", async () => {
  const { key, register, update, limitSites } = await stage();
  const once = await key({ maxBatchSize: 1 });
  const lost = await register(once, { nonce });
  await update(once, { sourceCidrs: ["10.0.0.0/8"], namePattern: "x", validUntil: "2020-01-01T00:00:00Z" });
  await limitSites(1);
  expect(await register(once, { nonce })).toEqual(lost);
});

test("whatever a key has against an exchange, the first of its objections is told and no use is taken", async () => {
  const { key, register, update, limitSites } = await stage();
  const exhausted = await key({ maxBatchSize: 1 });
  expect(verdict(await register(exhausted))).toEqual(registered);
  const fresh = await key({ maxBatchSize: null });
  const facts = fc.record({
    foreign: fc.boolean(),
    unfit: fc.boolean(),
    expired: fc.boolean(),
    usedUp: fc.boolean(),
    full: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(facts, async (wrong) => {
      const given = wrong.usedUp ? exhausted : fresh;
      await update(given, {
        sourceCidrs: wrong.foreign ? ["10.0.0.0/8"] : [],
        namePattern: wrong.unfit ? "other" : null,
        validUntil: wrong.expired ? "2020-01-01T00:00:00Z" : "",
      });
      await limitSites(wrong.full ? 1 : null);
      const objections = [
        wrong.foreign && foreign,
        wrong.unfit && unfit,
        wrong.expired && expired,
        wrong.usedUp && usedUp,
        wrong.full && full,
      ];
      const answer = await register(given, { name: "gate" });
      expect(verdict(answer)).toEqual(objections.find((objection) => objection) || registered);
      const { data } = envelopeOf(RegisterData).parse(JSON.parse(answer.body));
      expect(data === null).toBe(answer.status !== 201);
    }),
    { numRuns: 64 },
  );
});
