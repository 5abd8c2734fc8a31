import { expect, onTestFinished, test } from "vitest";
import { createControlPlane, MemoryDatabase } from "../../src/control-plane/index.js";
import { comeBackMs } from "../../src/protocol/come-back.js";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { channelUrl, envelopeOf, newtPaths, RegisterData, TokenData } from "../../src/protocol/newt/index.js";
import { startControlPlane, type TestControlPlane, VirtualWorld } from "../../src/testing/index.js";
import type { Channel, HttpResponse, Network } from "../../src/world/network.js";
import { RawClient } from "../world/raw-client.js";

const timeoutMs = 5_000;

/** How a channel ended. */
interface Closed {
  readonly code: number;
  readonly reason: string;
}

function closed(channel: Channel): Promise<Closed> {
  return new Promise((resolve) => channel.listen({ close: (code, reason) => resolve({ code, reason }) }));
}

/** What devices and operators do with a control plane. */
class Caller {
  constructor(
    private readonly network: Network,
    private readonly url: string,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<HttpResponse> {
    return this.network.request({ method: "GET", url: this.url + path, headers, timeoutMs });
  }

  post(path: string, body: object): Promise<HttpResponse> {
    const headers = { "content-type": "application/json" };
    return this.network.request({
      method: "POST",
      url: this.url + path,
      headers,
      body: JSON.stringify(body),
      timeoutMs,
    });
  }

  async site(provisioningKey: string) {
    const { body } = await this.post(newtPaths.register, { provisioningKey });
    return dataOf(body, RegisterData);
  }

  async token(site: object): Promise<string> {
    return dataOf((await this.post(newtPaths.getToken, site)).body, TokenData).token;
  }

  newt(token: string): Promise<Channel> {
    return this.network.connect(channelUrl(this.url, token), { timeoutMs });
  }

  tunnel(): Promise<Channel> {
    return this.network.connect(this.url.replace("http", "ws") + edgeflowPaths.tunnel, { timeoutMs });
  }
}

function dataOf<T extends Parameters<typeof envelopeOf>[0]>(body: string, schema: T) {
  return schema.parse(envelopeOf(schema).parse(JSON.parse(body)).data);
}

async function started(): Promise<{ readonly plane: TestControlPlane; readonly caller: Caller; readonly key: string }> {
  const plane = await startControlPlane({ tls: { kind: "off" } });
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= plane.close();
    return ended;
  };
  onTestFinished(close);
  const { network } = await plane.device("client");
  const { siteProvisioningKey: key } = await plane.client.createKey(plane.org, { name: "test", maxBatchSize: null });
  return { plane: { ...plane, close }, caller: new Caller(network, plane.url), key };
}

test("a server that drains takes no device in, and says when to come back; operators are served", async () => {
  const { plane, caller, key } = await started();
  const site = await caller.site(key);
  const token = await caller.token(site);
  const { codes } = await plane.client.createCodes(plane.org, { name: "test", ttlSeconds: 600 });
  await plane.plane.drain(0);

  const away = await Promise.all([
    caller.post(newtPaths.getToken, site),
    caller.post(newtPaths.register, { provisioningKey: key }),
    caller.post(edgeflowPaths.provision, { provisioning_code: codes[0] }),
  ]);
  for (const { status, headers } of away) {
    expect(status).toBe(503);
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
  }
  expect(JSON.parse(away[0]?.body ?? "")).toMatchObject({ success: false, status: 503 });
  expect(JSON.parse(away[2]?.body ?? "")).toEqual({ error: expect.stringContaining("come back later") });
  const refusal = { status: 503, retryAfter: expect.stringMatching(/^[1-9]/) };
  await expect(caller.newt(token)).rejects.toMatchObject(refusal);
  await expect(caller.tunnel()).rejects.toMatchObject(refusal);

  expect(await caller.get("/readyz")).toMatchObject({ status: 503, body: expect.stringContaining("about to end") });
  expect((await caller.get("/healthz")).status).toBe(200);
  expect(await plane.client.listKeys(plane.org)).toMatchObject([{ numUsed: 1 }]);
  expect(await plane.client.listCodes(plane.org)).toMatchObject([{ numUsed: 0 }]);
});

test("every channel is told that the server restarts and when to come back", async () => {
  const { plane, caller, key } = await started();
  const channels = [await caller.newt(await caller.token(await caller.site(key))), await caller.tunnel()];
  const ends = channels.map(closed);
  await plane.plane.drain(0);
  for (const { code, reason } of await Promise.all(ends)) {
    expect(code).toBe(1012);
    expect(reason).toMatch(/^restarting; retry after [12] s$/);
  }
});

test("channels are closed one by one over the time that the server is given", async () => {
  const { plane, caller, key } = await started();
  const channels: Channel[] = [];
  for (let i = 0; i < 10; i++) channels.push(await caller.newt(await caller.token(await caller.site(key))));
  const began = performance.now();
  const ends = channels.map((channel) => closed(channel).then(() => performance.now() - began));
  await plane.plane.drain(1_000);
  const times = (await Promise.all(ends)).sort((a, b) => a - b);
  expect(times.at(0)).toBeLessThan(500);
  expect(times.at(-1)).toBeGreaterThan(850);
  expect(times.at(4)).toBeLessThan(times.at(-1) ?? 0);
});

test("a command that a device carries out is answered before its tunnel is closed", async () => {
  const { plane, caller } = await started();
  const device = await plane.client.createDevice(plane.org, { name: "test" });
  const tunnel = await caller.tunnel();
  const heard: string[] = [];
  let ended = false;
  let wake = (): void => {};
  tunnel.listen({
    message: (message) => {
      heard.push(String(message));
      wake();
    },
    close: () => {
      ended = true;
    },
  });
  async function next(): Promise<{ type: string; id?: string }> {
    while (heard.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return JSON.parse(heard.shift() ?? "");
  }
  tunnel.send(JSON.stringify({ type: "connect", device_id: device.device_id, api_key: device.api_key }));
  expect(await next()).toMatchObject({ type: "connected" });
  // Between two heartbeats, which is when devices are sent commands.
  tunnel.send(JSON.stringify({ type: "ping" }));
  await next();
  const outcome = plane.client.command(plane.org, device.device_id, { action: "health_check", timeoutSeconds: 10 });
  const { id } = await next();
  const drained = plane.plane.drain(0);
  expect((await caller.get("/readyz")).status).toBe(503);
  expect(ended).toBe(false);
  tunnel.send(JSON.stringify({ type: "response", id, status: "success", data: { status: "healthy" } }));
  expect(await outcome).toMatchObject({ status: "success" });
  await drained;
});

test("a server ends within two seconds although nobody answers its goodbye, and lets a request end", async () => {
  const { plane, caller, key } = await started();
  const site = await caller.site(key);
  const port = Number(new URL(plane.url).port);
  const handshake = [
    `GET ${newtPaths.channel}?clientType=newt&token=${await caller.token(site)} HTTP/1.1`,
    ...["host: x", "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"],
    ...["sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", ""],
  ];
  const mute = (await RawClient.connect(port)).lines(...handshake);
  expect((await mute.answer()).status).toBe(101);
  const body = JSON.stringify(site);
  const half = ["host: x", "content-type: application/json", `content-length: ${body.length}`, ""];
  const slow = (await RawClient.connect(port)).lines(`POST ${newtPaths.version} HTTP/1.1`, ...half);
  const never = (await RawClient.connect(port)).lines(`POST ${newtPaths.version} HTTP/1.1`, ...half);
  await caller.get("/healthz");

  const began = performance.now();
  const ended = plane.close();
  slow.bytes(body);
  expect((await slow.answer()).status).toBe(204);
  await Promise.all([ended, mute.closed, never.closed]);
  expect(performance.now() - began).toBeLessThan(2_500);
});

test("a larger fleet comes back over a longer time", async () => {
  const [fleet, atOnce] = [900, 300];
  const virtual = new VirtualWorld({ seed: 1 });
  const database = new MemoryDatabase();
  const waits: (number | undefined)[] = [];
  await virtual.run(async () => {
    const world = virtual.host("plane").boot();
    const plane = await virtual.outside(() =>
      createControlPlane({ world, database: database.connect(), pepper: Buffer.alloc(32), apiKey: "a.b" }),
    );
    await world.network.listen({ host: "0.0.0.0", port: 80 }, plane);
    const url = "http://plane";
    const { network } = virtual.host("fleet").boot();
    const caller = new Caller(network, url);
    const client = new IntegrationClient({ network, endpoint: url, apiKey: "a.b" });
    const { siteProvisioningKey: key } = await client.createKey("default", { name: "all", maxBatchSize: null });
    const channels: Channel[] = [];
    for (let begun = 0; begun < fleet; begun += atOnce) {
      const come = async () => caller.newt(await caller.token(await caller.site(key)));
      channels.push(...(await Promise.all(Array.from({ length: atOnce }, come))));
    }
    const ends = channels.map(closed);
    await plane.drain(0);
    for (const { code, reason } of await Promise.all(ends)) waits.push(comeBackMs(code, reason));
    await plane.close();
  });
  expect([...new Set(waits)].sort()).toEqual([1_000, 2_000, 3_000]);
});
