import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Channel, Listener, Message, Server } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";

const seconds = { timeoutMs: 5_000 };

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

/** A promise that the test resolves. */
function moment<T>(): { readonly come: Promise<T>; readonly resolve: (value: T) => void } {
  const resolvers: ((value: T) => void)[] = [];
  const come = new Promise<T>((resolve) => resolvers.push(resolve));
  return { come, resolve: (value) => resolvers[0]?.(value) };
}

describe("a server", () => {
  const plain = () => host.network.listen({ host: "127.0.0.1", port: 0 }, listener);

  it("says goodbye to every channel when it closes", async () => {
    const closing = await plain();
    const channel = await device().network.connect(`ws://127.0.0.1:${closing.port}/echo`, seconds);
    const goodbye = next(channel);
    await closing.close();
    expect(await goodbye).toBe(1001);
  });

  it("lets a request that has begun end when it closes", async () => {
    const begun = moment<void>();
    const finish = moment<void>();
    const closing = await host.network.listen(
      { host: "127.0.0.1", port: 0 },
      {
        ...listener,
        request: async () => {
          begun.resolve(undefined);
          await finish.come;
          return new Response("done");
        },
      },
    );
    const answer = device().network.request({ method: "GET", url: `http://127.0.0.1:${closing.port}/`, ...seconds });
    await begun.come;
    const closed = closing.close();
    finish.resolve(undefined);
    expect(await answer).toMatchObject({ status: 200, body: "done" });
    await closed;
  });

  it("closes although a stranger never shakes hands", { timeout: 5_000 }, async () => {
    const tls = { certificate: ca, key: key.export({ type: "pkcs8", format: "pem" }).toString() };
    const closing = await host.network.listen({ host: "127.0.0.1", port: 0, tls }, listener);
    const stranger = connect(closing.port, "127.0.0.1").on("error", () => {});
    await once(stranger, "connect");
    await closing.close();
    stranger.destroy();
  });

  it("does not keep the socket of a refused upgrade that the other end leaves open", async () => {
    const refusing = await plain();
    const stranger = connect({ port: refusing.port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
    stranger.write("GET /no HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    await once(stranger.resume(), "end");
    const gone = new Promise((resolve) => stranger.once("close", resolve));
    // Whoever writes to a socket that is closed on the other side is told so.
    const writing = setInterval(() => stranger.write("x"), 10);
    await gone;
    clearInterval(writing);
    await refusing.close();
  });

  it("drops a channel whose other end never reads", async () => {
    const flooded = moment<Channel>();
    const flooding = await host.network.listen(
      { host: "127.0.0.1", port: 0 },
      { ...listener, upgrade: async () => ({ accept: flooded.resolve }) },
    );
    const stranger = connect(flooding.port, "127.0.0.1").on("error", () => {});
    stranger.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    stranger.pause();
    const channel = await flooded.come;
    const message = "x".repeat(1 << 20);
    for (let sent = 0; sent < 64 && channel.open; sent++) channel.send(message);
    expect(channel.open).toBe(false);
    stranger.destroy();
    await flooding.close();
  });

  it("says what is wrong with a certificate and with a name", async () => {
    const tls = { certificate: "junk", key: "junk" };
    const at = { host: "127.0.0.1", port: 0 };
    await expect(host.network.listen({ ...at, tls }, listener)).rejects.toMatchObject({ code: "FB1002" });
    await expect(host.network.listen({ ...at, host: "no.such.invalid" }, listener)).rejects.toMatchObject({
      code: "FB1004",
    });
  });
});
