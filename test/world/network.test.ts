import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Channel, Listener, Message, Server } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";

const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ca = issueCertificate({
  subject: "test",
  publicKey,
  issuer: { subject: "test", key },
  subjectAltNames: [{ ip: "127.0.0.1" }],
  isCa: false,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  serial: Buffer.of(1),
}).pem;

/** Answers with what it was asked; takes channels at /echo and refuses others. */
const listener: Listener = {
  request: async (request, peer) =>
    Response.json(
      { method: request.method, body: await request.text(), peer: peer.address },
      { status: 201, headers: { "X-Mark": "1" } },
    ),
  upgrade: async ({ url }) =>
    url.pathname === "/echo"
      ? {
          accept: (channel) =>
            channel.listen({
              message: (message) => (message === "bye" ? channel.close(4001, "asked to") : channel.send(message)),
            }),
        }
      : { refuse: 401 },
};

const host = realWorld({ name: "server" });
let server: Server;
let url: string;
beforeAll(async () => {
  const tls = { certificate: ca, key: key.export({ type: "pkcs8", format: "pem" }).toString() };
  server = await host.network.listen({ host: "127.0.0.1", port: 0, tls }, listener);
  url = `127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

const device = () => realWorld({ name: "device", ca });

/** The next message, or the close code. */
function next(channel: Channel): Promise<Message | number> {
  return new Promise((resolve) => channel.listen({ message: resolve, close: resolve }));
}

describe("a network", () => {
  it("carries whole requests and answers over TLS", async () => {
    const answer = await device().network.request({
      method: "POST",
      url: `https://${url}/a`,
      body: "hello",
      timeoutMs: 5_000,
    });
    expect(answer).toMatchObject({ status: 201, headers: { "x-mark": "1" } });
    expect(JSON.parse(answer.body)).toEqual({ method: "POST", body: "hello", peer: "127.0.0.1" });
  });

  it("carries text and bytes over a channel, and the reason of its end", async () => {
    const channel = await device().network.connect(`wss://${url}/echo`, { timeoutMs: 5_000 });
    channel.send("text");
    expect(await next(channel)).toBe("text");
    channel.send(Buffer.of(1, 2));
    expect(await next(channel)).toEqual(Buffer.of(1, 2));
    channel.send("bye");
    expect(await next(channel)).toBe(4001);
    expect(channel.open).toBe(false);
  });

  it("keeps the first messages for a listener that comes later", async () => {
    const channel = await device().network.connect(`wss://${url}/echo`, { timeoutMs: 5_000 });
    channel.send("one");
    channel.send("two");
    await new Promise<void>((resolve) => {
      channel.listen({ pong: resolve });
      channel.ping();
    });
    channel.send("three");
    const seen: Message[] = [];
    await new Promise<void>((resolve) =>
      channel.listen({ message: (message) => seen.push(message) === 1 && resolve() }),
    );
    expect(seen).toEqual(["three"]);
    channel.terminate();
  });

  it("refuses a channel before the handshake", async () => {
    await expect(device().network.connect(`wss://${url}/other`, { timeoutMs: 5_000 })).rejects.toMatchObject({
      name: "UpgradeRefused",
      status: 401,
    });
  });

  it("says why there is no answer: TLS, connection, time", async () => {
    const ask = (world: ReturnType<typeof realWorld>, to: string, timeoutMs = 5_000) =>
      world.network.request({ method: "GET", url: to, timeoutMs });
    await expect(ask(realWorld(), `https://${url}/`)).rejects.toMatchObject({
      name: "NetworkError",
      message: expect.stringMatching(/certificate/),
    });
    const silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const waiting = device();
    await expect(ask(waiting, `http://127.0.0.1:${port}/`, 50)).rejects.toMatchObject({
      name: "NetworkError",
      message: expect.stringMatching(/timeout/i),
    });
    waiting.process.kill();
    await new Promise((resolve) => silent.close(resolve));
    await expect(ask(device(), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      name: "NetworkError",
      message: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it("drops a killed device's channel without a goodbye", async () => {
    const world = device();
    const other = realWorld({ name: "other server" });
    const accepted = new Promise<number>((resolve) => {
      void other.network
        .listen(
          { host: "127.0.0.1", port: 0 },
          { ...listener, upgrade: async () => ({ accept: (channel) => channel.listen({ close: resolve }) }) },
        )
        .then(async ({ port }) => {
          await world.network.connect(`ws://127.0.0.1:${port}/`, { timeoutMs: 5_000 });
          world.process.kill();
        });
    });
    expect(await accepted).toBe(1006);
    other.process.kill();
  });

  it("says in one line that a port is taken", async () => {
    await expect(realWorld().network.listen({ host: "127.0.0.1", port: server.port }, listener)).rejects.toMatchObject({
      code: "FB1004",
      exitCode: 2,
      what: `cannot listen on 127.0.0.1:${server.port}`,
    });
  });
});
