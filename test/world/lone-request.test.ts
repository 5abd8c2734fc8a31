import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import type { HttpRequest } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { failure, patience } from "./contract/stage.js";
import { listening, tlsOf } from "./serving.js";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const certificate = issueCertificate({
  subject: "inner.example",
  publicKey,
  issuer: { subject: "inner.example", key: privateKey },
  subjectAltNames: [{ dns: "inner.example" }],
  isCa: false,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  serial: Buffer.of(1),
}).pem;

const { network, process } = realWorld({ ca: certificate });
const servers: Server[] = [];
afterAll(() => {
  process.kill();
  for (const server of servers) server.close();
});

async function serve(answer: RequestListener, secure = false) {
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const server = secure ? createTlsServer({ cert: certificate, key }, answer) : createServer(answer);
  const sockets: Socket[] = [];
  server.on(secure ? "secureConnection" : "connection", (socket: Socket) => sockets.push(socket));
  servers.push(server);
  return { port: await listening(server), sockets };
}

const get = (url: string, parts: Partial<HttpRequest> = {}) =>
  network.request({ method: "GET", url, once: true, ...parts, ...patience });

describe("a request on its own", () => {
  it("has a connection that nobody had before it or has after it", async () => {
    const seen: (string | undefined)[] = [];
    const { port, sockets } = await serve(({ headers }, response) => {
      seen.push(headers.connection);
      response.end("ok");
    });
    const url = `http://127.0.0.1:${port}/`;
    await network.request({ method: "GET", url, ...patience });
    await Promise.all([get(url), get(url)]);
    await get(url);
    expect(seen).toEqual(["keep-alive", "close", "close", "close"]);
    expect(sockets).toHaveLength(4);
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([false, true, true, true]);
  });

  it("leaves as soon as it has what is wanted of an answer without end", async () => {
    const { port, sockets } = await serve((_, response) => {
      const more = setInterval(() => response.write("more"), 1);
      response.on("close", () => clearInterval(more));
      response.writeHead(200);
    });
    const url = `http://127.0.0.1:${port}/`;
    expect(await get(url, { answerLimit: 0 })).toMatchObject({ status: 200, body: "" });
    expect(await get(url, { answerLimit: 4 })).toMatchObject({ status: 200, body: "more" });
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it("drops its connection when its time is over, or its process", async () => {
    const { port, sockets } = await serve(() => {});
    const url = `http://127.0.0.1:${port}/`;
    const request = { method: "GET", url, once: true } as const;
    expect(await failure(network.request({ ...request, timeoutMs: 50 }))).toMatchObject({ kind: "timeout" });
    const mortal = realWorld();
    void mortal.network.request({ ...request, ...patience });
    await expect.poll(() => sockets.length).toBe(2);
    mortal.process.kill();
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });
});

describe("the names that a server is asked for", () => {
  const told = ({ headers, socket }: IncomingMessage) =>
    JSON.stringify({ host: headers.host, server: tlsOf(socket).servername });

  it("are the URL's, or those of the `Host` header and of `serverName`, each its own", async () => {
    const { port } = await serve((request, response) => response.end(told(request)), true);
    const names = async (host: string, parts: Partial<HttpRequest>) =>
      JSON.parse((await get(`https://${host}:${port}/`, { ...parts, tls: { verify: false, ...parts.tls } })).body);
    const headers = { Host: "shop.example" };
    const tls = { serverName: "inner.example" };
    expect(await names("127.0.0.1", {})).toEqual({ host: `127.0.0.1:${port}`, server: false });
    expect(await names("localhost", {})).toEqual({ host: `localhost:${port}`, server: "localhost" });
    expect(await names("127.0.0.1", { headers })).toEqual({ host: "shop.example", server: false });
    expect(await names("localhost", { headers })).toEqual({ host: "shop.example", server: "localhost" });
    expect(await names("127.0.0.1", { headers, tls })).toEqual({ host: "shop.example", server: "inner.example" });
  });

  it("are what its certificate must have", async () => {
    const { port } = await serve((_, response) => response.end("ok"), true);
    const url = `https://127.0.0.1:${port}/`;
    expect((await get(url, { tls: { serverName: "inner.example" } })).status).toBe(200);
    expect(await failure(get(url, { tls: { serverName: "other.example" } }))).toMatchObject({ kind: "tls" });
    expect(await failure(get(url, { tls: {} }))).toMatchObject({ kind: "tls" });
    expect(await failure(get(url, { headers: { host: "inner.example" } }))).toMatchObject({ kind: "tls" });
  });
});
