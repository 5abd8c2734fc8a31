import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Listener, ListenOptions } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { RawClient } from "./raw-client.js";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { pem: certificate } = issueCertificate({
  subject: "test",
  publicKey,
  issuer: { subject: "test", key: privateKey },
  subjectAltNames: [{ ip: "127.0.0.1" }],
  isCa: false,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  serial: Buffer.of(1),
});
const tls = { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };

const hello: Listener = {
  request: async () => new Response("hello"),
  upgrade: async () => ({ accept: () => {} }),
};

async function listen(options: Partial<ListenOptions>, listener = hello): Promise<number> {
  const { network, process } = realWorld();
  onTestFinished(() => process.kill());
  return (await network.listen({ host: "127.0.0.1", port: 0, ...options }, listener)).port;
}

const get = ["GET / HTTP/1.1", "host: server", ""];
const handshake = [
  ...get.slice(0, 2),
  ...["connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"],
  ...["sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", ""],
];

/** A connection that is known to be let in. */
async function admitted(port: number, address?: string): Promise<RawClient> {
  const client = await RawClient.connect(port, address);
  await client.lines(...get).answer();
  return client;
}

/** A channel that is let in. */
async function channel(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  expect((await client.lines(...handshake).answer()).status).toBe(101);
  return client;
}

/** Comes back until it is let in. */
async function untilAdmitted(port: number): Promise<void> {
  for (;;) {
    const client = await admitted(port).catch(() => undefined);
    if (client) return;
  }
}

/** Comes back until it has shaken hands. */
async function untilSecure(port: number): Promise<void> {
  for (;;) {
    const client = await RawClient.connectTls(port).catch(() => undefined);
    if (!client) continue;
    client.socket.destroy();
    await client.closed;
    return;
  }
}

describe("connections", () => {
  it.each([{ connections: 3 }, { connectionsPerSource: 3 }])(
    "beyond %j are closed, until one leaves",
    async (limits) => {
      const port = await listen({ limits });
      const first = await channel(port);
      await channel(port);
      await channel(port);
      await (await RawClient.connect(port)).closed;

      first.socket.destroy();
      await untilAdmitted(port);
    },
  );

  it("of other sources are let in although one has all of its own", async () => {
    const port = await listen({ limits: { connectionsPerSource: 1 } });
    await admitted(port);
    await (await RawClient.connect(port)).closed;
    await admitted(port, "127.0.0.2");
  });

  it("of a proxy are as many as there may be in all", async () => {
    const isProxy = (address: string): boolean => address === "127.0.0.1";
    const port = await listen({ limits: { connectionsPerSource: 1 }, isProxy });
    await Promise.all([admitted(port), admitted(port), admitted(port)]);
  });

  it("over TLS count before the handshake", async () => {
    const port = await listen({ tls, limits: { connectionsPerSource: 1 } });
    const first = await RawClient.connectTls(port);
    expect((await first.lines(...get).answer()).status).toBe(200);
    await (await RawClient.connect(port)).closed;
  });

  it("that never shake hands are closed", async () => {
    const port = await listen({ tls, limits: { headersTimeoutMs: 100 } });
    await (await RawClient.connect(port)).closed;
    await (await RawClient.connect(port)).bytes(Buffer.from("160301", "hex")).closed;
    await (await RawClient.connect(port)).bytes("GET / HTTP/1.1\r\n\r\n").closed;
  });

  it("beyond the handshakes that may be under way are closed, until one is over, however it ends", async () => {
    const port = await listen({ tls, limits: { handshakes: 1, headersTimeoutMs: 300, connectionsPerSource: 2 } });
    const ends: ((client: RawClient) => unknown)[] = [
      ({ socket }) => socket.destroy(),
      ({ socket }) => socket.end(),
      (client) => client.bytes("GET / HTTP/1.1\r\n\r\n"),
      () => undefined,
    ];
    for (const end of ends) {
      const silent = await RawClient.connect(port);
      await (await RawClient.connect(port)).closed;
      end(silent);
      await silent.closed;
      await untilSecure(port);
    }
  });

  it("that shake hands and say nothing are closed", async () => {
    const port = await listen({ tls, limits: { headersTimeoutMs: 100 } });
    const client = await RawClient.connectTls(port);
    expect((await client.answer()).status).toBe(408);
    await client.closed;
  });

  it("that have nothing more to ask are closed", async () => {
    const port = await listen({ limits: { keepAliveMs: 50 } });
    await (await admitted(port)).closed;
  });

  it("that do not read their answers are closed", async () => {
    const large = "x".repeat(16 << 20);
    const limits = { silenceMs: 100, connectionsPerSource: 1 };
    const request: Listener["request"] = async ({ url }) => new Response(url.endsWith("/large") ? large : "hello");
    const port = await listen({ limits }, { ...hello, request });
    const client = await RawClient.connect(port);
    client.socket.pause();
    client.lines("GET /large HTTP/1.1", "host: server", "");
    // Nobody else is let in until then.
    await untilAdmitted(port);
  });
});
