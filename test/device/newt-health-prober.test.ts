import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { tidy } from "../../src/device/failure.js";
import { Host } from "../../src/device/host.js";
import { carriedOut } from "../../src/device/newt/health/config.js";
import { type NetworkProberOptions, networkProber } from "../../src/device/newt/health/network-prober.js";
import { hardened } from "../../src/device/persona.js";
import type { HealthCheckTarget } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { listening, tlsOf } from "../world/serving.js";
import { check } from "./support/health.js";

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
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

const world = realWorld();
const trusting = realWorld({ ca: certificate });
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const { process } of [world, trusting]) process.kill();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

async function at(server: Server, host?: string): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  return listening(server, host);
}

const web = (answer: RequestListener, host?: string): Promise<number> => at(createServer(answer), host);

/** What a look at a target finds: "well", or what is wrong. */
function find(parts: Partial<HealthCheckTarget>, options: NetworkProberOptions = {}, box = world): Promise<string> {
  const host = new Host(box, hardened, () => {});
  const target = carriedOut(check(1, { hcHostname: "127.0.0.1", ...parts }));
  return networkProber(host, options)
    .probe(target)
    .then(
      () => "well",
      (error: unknown) => String(error),
    );
}

/** Requests that a server answers with a status each: 200 unless the path says another. */
async function listener() {
  const requests: IncomingMessage[] = [];
  const port = await web((request, response) => {
    requests.push(request);
    response.writeHead(Number(request.url?.slice(1)) || 200).end("body");
  });
  return { port, requests };
}

describe("a look over HTTP", () => {
  it("finds a target well for any status of success, or for the one that is wanted alone", async () => {
    const { port } = await listener();
    const looks = [
      { hcPath: "/200" },
      { hcPath: "/299" },
      { hcPath: "/300" },
      { hcPath: "/503" },
      { hcPath: "/503", hcStatus: 503 },
      { hcPath: "/200", hcStatus: 204 },
      { hcPath: "/200", hcStatus: 0 },
    ];
    const found = await Promise.all(looks.map((look) => find({ hcPort: port, ...look })));
    expect(found).toEqual([
      "well",
      "well",
      "Error: answered with status 300",
      "Error: answered with status 503",
      "well",
      "Error: answered with status 200, not 204",
      "well",
    ]);
  });

  it("asks as the check says, under its name, on a connection of its own", async () => {
    const { port, requests } = await listener();
    const hcHeaders = { Host: "shop.example", "X-Mark": "7", Connection: "upgrade", "Content-Length": "5" };
    expect(await find({ hcPort: port, hcMethod: "head", hcPath: "health?deep=1", hcHeaders })).toBe("well");
    expect(await find({ hcPort: port, hcMethod: "POST", hcHeaders: { "USER-AGENT": "probe" } })).toBe("well");
    const [head, post] = requests;
    expect(head).toMatchObject({ method: "HEAD", url: "/health?deep=1" });
    expect(head?.headers).toEqual({
      host: "shop.example",
      "x-mark": "7",
      "user-agent": "firstboot",
      connection: "close",
    });
    expect(post).toMatchObject({ method: "POST", headers: { host: `127.0.0.1:${port}`, "user-agent": "probe" } });
    await expect.poll(() => requests.map(({ socket }) => socket.destroyed)).toEqual([true, true]);
  });

  it("does not read a body, however long", async () => {
    const port = await web((_, response) => {
      const more = setInterval(() => response.write("x".repeat(100_000)), 1);
      response.on("close", () => clearInterval(more));
      response.writeHead(200);
    });
    expect(await find({ hcPort: port })).toBe("well");
  });

  it.each<[string, Partial<HealthCheckTarget>, RegExp]>([
    ["nobody listens", { hcPort: 1 }, /ECONNREFUSED/],
    ["there is no such host", { hcHostname: "no.such.invalid" }, /ENOTFOUND|EAI_AGAIN/],
    ["there is no such port", { hcPort: 70_000 }, /no address/],
    ["the host is none", { hcHostname: "user@127.0.0.1/x" }, /no address/],
    ["there is no host", { hcHostname: "" }, /no address/],
    ["the scheme is another", { hcScheme: "ftp" }, /neither http nor https/],
    ["the method is none", { hcMethod: "TRACE" }, /the method TRACE/],
    ["a header is none", { hcHeaders: { "a b": "c" } }, /header/],
  ])("says so where %s", async (_, parts, fault) => {
    expect(await find(parts)).toMatch(fault);
  });

  it("says so when the time of the check is over, redirects included", async () => {
    const silent = await web(() => {});
    const slow = await web((_, response) => setTimeout(() => response.writeHead(302, { location: "/" }).end(), 300));
    const found = [find({ hcPort: silent, hcTimeout: 1 }), find({ hcPort: slow, hcTimeout: 1 })];
    expect(await Promise.all(found)).toEqual(["Error: no answer within 1 s", "Error: no answer within 1 s"]);
  });

  it.skipIf(!hasIpv6)("finds IPv6 addresses, with brackets and without", async () => {
    const port = await web((_, response) => response.end(), "::1");
    expect(await find({ hcPort: port, hcHostname: "::1" })).toBe("well");
    expect(await find({ hcPort: port, hcHostname: "[::1]" })).toBe("well");
    expect(await find({ hcPort: port, hcHostname: "[::1]", hcMode: "tcp" })).toBe("well");
  });
});

describe("a redirect", () => {
  it("is followed, unless the check says otherwise", async () => {
    const port = await web(({ url }, response) => {
      if (url === "/new") response.end();
      else response.writeHead(301, { location: "new" }).end();
    });
    expect(await find({ hcPort: port })).toBe("well");
    expect(await find({ hcPort: port, hcFollowRedirects: false })).toBe("Error: answered with status 301");
    expect(await find({ hcPort: port, hcFollowRedirects: false, hcStatus: 301 })).toBe("well");
  });

  it("is followed ten times at most", async () => {
    const port = await web(({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left === 0) response.end();
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect(await find({ hcPort: port, hcPath: "/10" })).toBe("well");
    expect(await find({ hcPort: port, hcPath: "/11" })).toBe("Error: more than 10 redirects");
  });

  it.each([
    ["file:///etc/passwd", /file:, neither http nor https/],
    ["http://[", /no address/],
  ])("to %s is not followed", async (location, fault) => {
    const port = await web((_, response) => response.writeHead(302, { location }).end());
    expect(await find({ hcPort: port })).toMatch(fault);
  });

  it("without an address is an answer like another", async () => {
    const port = await web((_, response) => response.writeHead(302).end());
    expect(await find({ hcPort: port, hcStatus: 302 })).toBe("well");
  });

  it("keeps the method where its status says so", async () => {
    const methods: (string | undefined)[] = [];
    const port = await web(({ url, method }, response) => {
      methods.push(method);
      if (url === "/end") response.end();
      else response.writeHead(Number(url?.slice(1)), { location: "/end" }).end();
    });
    for (const [hcMethod, hcPath] of [
      ["POST", "/303"],
      ["POST", "/308"],
      ["HEAD", "/301"],
    ])
      await find({ hcPort: port, hcMethod: hcMethod ?? null, hcPath: hcPath ?? null });
    expect(methods).toEqual(["POST", "GET", "POST", "POST", "HEAD", "HEAD"]);
  });

  it("takes the check's headers to no other host", async () => {
    const other = await listener();
    const port = await web(({ url }, response) => {
      const location = url === "/here" ? "/200" : `http://localhost:${other.port}/`;
      response.writeHead(302, { location }).end();
    });
    const hcHeaders = { Authorization: "secret", Host: "shop.example" };
    await find({ hcPort: port, hcHeaders });
    const [request] = other.requests;
    expect(request?.headers).toEqual({
      host: `localhost:${other.port}`,
      "user-agent": "firstboot",
      connection: "close",
    });
  });
});

describe("a look over HTTPS", () => {
  const names: (string | false | null)[] = [];
  const secure = async () => {
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const server = createTlsServer({ cert: certificate, key }, ({ socket }, response) => {
      names.push(tlsOf(socket).servername ?? null);
      response.end();
    });
    return { hcPort: await at(server), hcScheme: "https" };
  };

  it("takes any certificate, unless it is to be one that is trusted", async () => {
    const target = await secure();
    const enforced = { enforceCertificates: true };
    expect(await find(target)).toBe("well");
    expect(await find(target, enforced)).toMatch(/certificate/);
    expect(await find(target, enforced, trusting)).toMatch(/does not match/);
    expect(await find({ ...target, hcTlsServerName: "inner.example" }, enforced, trusting)).toBe("well");
    expect(await find({ ...target, hcTlsServerName: "other.example" }, enforced, trusting)).toMatch(/does not match/);
  });

  it("asks for the name that the check says", async () => {
    const target = await secure();
    names.length = 0;
    await find({ ...target, hcTlsServerName: "inner.example", hcHeaders: { Host: "shop.example" } });
    await find({ ...target, hcHostname: "localhost", hcHeaders: { Host: "shop.example" } });
    await find({ ...target, hcTlsServerName: "10.1.2.3" });
    expect(names).toEqual(["inner.example", "localhost", false]);
  });

  it("says that a port speaks no TLS", async () => {
    const { port } = await listener();
    expect(await find({ hcPort: port, hcScheme: "https" })).toMatch(/wrong version number|packet length/);
  });
});

describe("a look by TCP", () => {
  it("finds whether somebody listens, and sends nothing", async () => {
    let received = 0;
    const port = await at(createTcpServer((socket) => socket.on("data", ({ length }) => (received += length))));
    expect(await find({ hcPort: port, hcMode: "tcp", hcPath: null })).toBe("well");
    expect(await find({ hcPort: 1, hcMode: "tcp" })).toMatch(/ECONNREFUSED/);
    expect(received).toBe(0);
  });
});

describe("a look at whatever a server says", () => {
  it("ends in time with one line at most, and harms nothing", async () => {
    const secure = await at(
      createTlsServer({ cert: certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }) }),
    );
    const { port } = await listener();
    const junk = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom("[", "::g", "a\r\nb: c", "\0", "*"),
    );
    const parts = fc.record({
      hcHostname: fc.constantFrom("127.0.0.1", "127.1", "0x7f.1", "", "[", "::g", "a b", "127.0.0.1\0", "%00"),
      hcPort: fc.constantFrom(port, secure, 0, -1, 65_536),
      hcScheme: fc.oneof(fc.constantFrom("http", "https", "HTTPS"), junk),
      hcMode: fc.oneof(fc.constantFrom("http", "tcp"), junk),
      hcMethod: fc.oneof(fc.constantFrom("GET", "POST", "HEAD"), junk),
      hcPath: junk,
      hcHeaders: fc.dictionary(fc.oneof(fc.constantFrom("host", "x"), junk), junk, { maxKeys: 3 }),
      hcTlsServerName: junk,
      hcStatus: fc.integer(),
      hcTimeout: fc.constant(1),
    });
    await fc.assert(
      fc.asyncProperty(parts, async (parts) => {
        expect(tidy(await find(parts))).toMatch(/^(well|\w*Error: [^\n]+)$/);
      }),
      { numRuns: 100 },
    );
  });
});
