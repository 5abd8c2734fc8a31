import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DeviceEvent, NewtSite } from "../../src/device/index.js";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import type { HttpRequest, HttpResponse } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { bundleChild } from "../mortal-plane/mortal-plane.js";
import { apiKey } from "../mortal-plane/secrets.js";
import { temporaryDirectory } from "./plane.js";
import { canMount, fileSizeLimit, fullDisk, lockedDatabase, type TroubledPlane } from "./trouble.js";

const org = "default";
const json = { "content-type": "application/json" };

const newKey = { name: "late", maxBatchSize: 1, validUntil: "", approveNewSites: true };

/** The most that all requests together may take while the storage is in trouble, milliseconds. */
const patience = 2_000;

/** Exchanges until the storage takes no more: what SQLite has room for already is still written. */
const mostRoom = 500;

async function stage(start: (script: string, directory: string) => Promise<TroubledPlane>) {
  const directory = temporaryDirectory();
  const plane = await start(await bundleChild(temporaryDirectory()), directory);
  onTestFinished(plane.close);
  const world = realWorld({ root: temporaryDirectory() });
  onTestFinished(() => world.process.kill());
  const client = new IntegrationClient({ network: world.network, endpoint: plane.url, apiKey });
  const { siteProvisioningKey: key } = await client.createKey(org, { name: "acme", maxBatchSize: null });

  function send(method: HttpRequest["method"], path: string, body?: object, headers = {}): Promise<HttpResponse> {
    const request = { method, url: plane.url + path, headers: { ...json, ...headers }, timeoutMs: 20_000 };
    return world.network.request({ ...request, ...(body && { body: JSON.stringify(body) }) });
  }
  return {
    plane,
    world,
    client,
    key,
    send,
    exchange: (nonce = randomBytes(32).toString("hex")) =>
      send("POST", newtPaths.register, { provisioningKey: key }, { [nonceHeader]: nonce }),
  };
}

/** Exchanges one after the other until one is not taken; the credentials of those that were. */
async function untilRefused(exchange: () => Promise<HttpResponse>): Promise<number> {
  for (let taken = 0; taken < mostRoom; taken++) if ((await exchange()).status !== 201) return taken;
  throw new Error("the storage takes everything");
}

function expectUnavailable({ status, headers, body }: HttpResponse): void {
  expect({ status, body }).toMatchObject({ status: 503 });
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(body).toContain("try again");
  expect(body).not.toMatch(/SQLITE|plane\.db| at \//);
}

function keepsItsPromises(start: (script: string, directory: string) => Promise<TroubledPlane>): void {
  test("answers 503, does nothing by halves and serves again by itself", { timeout: 60_000 }, async () => {
    const { plane, client, exchange, send } = await stage(start);
    const site = await exchange();
    const { newtId, secret } = JSON.parse(site.body).data;
    const [code] = (await client.createCodes(org, { name: "acme", ttlSeconds: 600 })).codes;
    const writes: readonly (() => Promise<HttpResponse>)[] = [
      () => send("PUT", `/v1/org/${org}/site-provisioning-key`, newKey, { authorization: `Bearer ${apiKey}` }),
      () => send("POST", newtPaths.getToken, { newtId, secret }),
      () => send("POST", edgeflowPaths.provision, { provisioning_code: code, hardware_info: {}, network_info: {} }),
    ];

    plane.begin();
    const uses = 1 + (await untilRefused(exchange));
    const nonces = Array.from({ length: 20 }, () => randomBytes(32).toString("hex"));
    const asked = performance.now();
    const refused = [...writes.map((write) => write()), ...nonces.map(exchange)];
    expect((await send("GET", "/healthz")).status).toBe(200);
    expect(await client.listKeys(org)).toMatchObject([{ numUsed: uses }]);
    expect(await client.listSites(org)).toHaveLength(uses);
    for (const answer of await Promise.all(refused)) expectUnavailable(answer);
    expect(performance.now() - asked).toBeLessThan(patience);
    plane.cease();

    for (const { status } of await Promise.all(nonces.map(exchange))) expect(status).toBe(201);
    expect(await Promise.all(writes.map(async (write) => (await write()).status))).toEqual([201, 200, 201]);
    expect(await client.listSites(org)).toHaveLength(uses + nonces.length);
    expect((await client.listKeys(org)).map(({ numUsed }) => numUsed).sort()).toEqual([0, uses + nonces.length]);
  });

  test("lets a site in that came meanwhile, on one use", { timeout: 60_000 }, async () => {
    const { plane, world, client, key, exchange } = await stage(start);
    plane.begin();
    const taken = await untilRefused(exchange);
    const config = JSON.stringify({ endpoint: plane.url, provisioningKey: key });
    await world.disk.write("newt.json", config, { mode: 0o600 });
    const told = new EventEmitter();
    const onEvent = (event: DeviceEvent): boolean => told.emit(event.type, event);
    const [failed, connected] = ["failed", "connected"].map((type) => once(told, type));
    const site = new NewtSite(world, { configFile: "newt.json", onEvent });
    const life = site.run();
    expect(await failed).toMatchObject([{ step: "exchange", kind: "status", status: 503 }]);
    plane.cease();
    await connected;
    expect(await client.listKeys(org)).toMatchObject([{ numUsed: taken + 1 }]);
    expect(await client.listSites(org, { online: true })).toHaveLength(1);
    await site.stop();
    expect(await life).toEqual({ kind: "stopped" });
  });
}

describe.skipIf(!canMount)("a control plane on a full disk (needs unshare and mount)", () =>
  keepsItsPromises(fullDisk),
);
describe("a control plane whose files may not grow", () => keepsItsPromises(fileSizeLimit));
describe("a control plane whose database is locked", () => keepsItsPromises(lockedDatabase));
