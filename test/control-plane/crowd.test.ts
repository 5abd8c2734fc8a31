import { expect, onTestFinished, test } from "vitest";
import { type DeviceEvent, NewtSite } from "../../src/device/index.js";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { startControlPlane, type TestControlPlane } from "../../src/testing/index.js";
import type { HttpResponse } from "../../src/world/network.js";
import { Plane } from "./plane.js";

const crowd = 250;

/** The longest that any of them may take from its boot to its channel, milliseconds. */
const patience = 20_000;

/** Guesses before the crowd comes, in all at least, and at once of each kind. */
const headStart = 1_000;
const guesses = 4_000;
const handsPerTry = 4;

type Post = (path: string, body: object) => Promise<HttpResponse>;

/** What one who knows the ids of a key and of a site may try, with the answers that refuse it. */
function attempts(keyId: string, newtId: string) {
  const secret = "a".repeat(40);
  return [
    { path: newtPaths.register, body: { provisioningKey: `${keyId}.${secret}` }, refusals: [401, 429] },
    { path: newtPaths.register, body: { provisioningKey: `spk-aaaaaaaaaaaaaaa.${secret}` }, refusals: [401, 429] },
    { path: edgeflowPaths.provision, body: { provisioning_code: "PROV-AAAA-AAAA" }, refusals: [404, 429] },
    { path: newtPaths.getToken, body: { newtId, secret }, refusals: [400, 401, 429] },
  ];
}

/** One who tries and tries, many times at once. */
class Stranger {
  made = 0;

  constructor(
    private readonly post: Post,
    private readonly tries: ReturnType<typeof attempts>,
  ) {}

  /** Guesses until it is enough. Rejects when a guess is not refused. */
  async guess(isEnough: () => boolean): Promise<void> {
    const hands = Array.from({ length: handsPerTry }, () => this.tries).flat();
    await Promise.all(
      hands.map(async ({ path, body, refusals }) => {
        while (!isEnough()) {
          expect(refusals).toContain((await this.post(path, body)).status);
          this.made++;
        }
      }),
    );
  }
}

/** A site from its boot to its channel: how long it took and what failed on the way, which was nothing if all is well. */
async function enter(plane: TestControlPlane, key: string, number: number) {
  const world = await plane.device(`site-${number}`);
  const config = JSON.stringify({ endpoint: plane.url, provisioningKey: key });
  await world.disk.write("newt.json", config, { mode: 0o600 });
  const failed: DeviceEvent[] = [];
  const booted = performance.now();
  await new Promise<void>((resolve, reject) => {
    const onEvent = (event: DeviceEvent): void => {
      if (event.type === "failed") failed.push(event);
      if (event.type === "connected") resolve();
    };
    new NewtSite(world, { configFile: "newt.json", onEvent }).run().catch(reject);
  });
  return { failed, ms: performance.now() - booted };
}

test("250 sites behind one address get in on one key while a stranger behind it guesses", {
  timeout: 120_000,
}, async () => {
  const plane = await startControlPlane({ tls: { kind: "off" } });
  onTestFinished(() => plane.close());
  const uses = crowd + 1;
  const { siteProvisioningKey: key } = await plane.client.createKey(plane.org, { name: "crowd", maxBatchSize: uses });
  const [keyId = ""] = key.split(".");
  const { network } = await plane.device("stranger");
  const headers = { "content-type": "application/json" };
  const post: Post = (path, body) =>
    network.request({
      method: "POST",
      url: plane.url + path,
      headers,
      body: JSON.stringify(body),
      timeoutMs: patience,
    });
  const victim = JSON.parse((await post(newtPaths.register, { provisioningKey: key })).body).data;
  const stranger = new Stranger(post, attempts(keyId, victim.newtId));
  await stranger.guess(() => stranger.made >= headStart);

  let isIn = false;
  const guessing = stranger.guess(() => isIn && stranger.made >= guesses);
  const entering = Promise.all(Array.from({ length: crowd }, (_, number) => enter(plane, key, number)));
  const sites = await Promise.race([entering, guessing.then(() => entering)]);
  const codes = await plane.client.createCodes(plane.org, { name: "crowd", quantity: 3, ttlSeconds: 600 });
  for (const provisioning_code of codes.codes) {
    expect((await post(edgeflowPaths.provision, { provisioning_code })).status).toBe(201);
  }
  isIn = true;
  await guessing;

  expect((await post(newtPaths.getToken, victim)).status, "a site whose secret was guessed at").toBe(200);
  expect(
    sites.flatMap(({ failed }) => failed),
    "none was turned away for what another did",
  ).toEqual([]);
  expect(Math.max(...sites.map(({ ms }) => ms))).toBeLessThan(patience);
  expect(await plane.client.listSites(plane.org, { online: true })).toHaveLength(crowd);
  expect(await plane.client.listKeys(plane.org)).toMatchObject([{ numUsed: uses, state: "used_up" }]);
});

test("requests whose bodies never come to their end keep no site out", async () => {
  const plane = await Plane.start();
  const site = await plane.site(await plane.key());
  const url = plane.origin + newtPaths.getToken;
  for (let nth = 0; nth < 1_100; nth++) {
    const endless = new Request(url, { method: "POST", body: new ReadableStream(), duplex: "half" });
    void plane.listener.request(endless, { address: "192.0.2.1" });
  }
  expect(await plane.token(site)).toBeTruthy();
});
