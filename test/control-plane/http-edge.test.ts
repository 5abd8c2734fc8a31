import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { edge, type Inside } from "../../src/control-plane/http/edge.js";
import { trueSource } from "../../src/control-plane/http/trusted-proxy.js";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { newtPaths } from "../../src/protocol/newt/api.js";
import { parseCidr } from "../../src/provisioning/cidr.js";
import { type LogFields, logTo } from "../../src/world/log.js";
import type { Listener, ServerLimits, UpgradeRequest } from "../../src/world/network.js";
import { seededRandom } from "../../src/world/random.js";
import { realWorld } from "../../src/world/real/index.js";
import { RawClient } from "../world/raw-client.js";
import { apiKey } from "./plane.js";

const cidrs = (...texts: string[]) => texts.map((text) => parseCidr(text)).filter((cidr) => cidr !== undefined);

async function serve(listener: Listener, limits: Partial<ServerLimits> = {}): Promise<number> {
  const { network, process } = realWorld();
  onTestFinished(() => process.kill());
  return (await network.listen({ host: "127.0.0.1", port: 0, limits }, listener)).port;
}

/** Answers with what the edge says of each request. */
const mirror: Inside = {
  request: (_request, facts) => Response.json(facts),
  upgrade: async () => ({ refuse: 401 }),
};

/** A control plane with all its routes, and what it logs. */
async function controlPlane(limits: Partial<ServerLimits> = {}) {
  const logged: { message: string; fields: LogFields }[] = [];
  const log = logTo((level, message, fields) => {
    if (level !== "debug") logged.push({ message, fields });
  });
  const world = realWorld({ log });
  onTestFinished(() => world.process.kill());
  const database = openSqlite(":memory:");
  const plane = await createControlPlane({ world, database, pepper: Buffer.alloc(32, 7), apiKey });
  return { port: await serve(plane, limits), database, logged };
}

const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, "host: plane", ...headers, ""];
const post = (path: string, ...headers: string[]) => [`POST ${path} HTTP/1.1`, "host: plane", ...headers, ""];
const upgrade = (path: string, ...headers: string[]) =>
  get(path, "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13", ...headers);
const socketKey = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";

const envelope = (status: number) => ({
  data: null,
  success: false,
  error: true,
  message: expect.stringMatching(/^The \S.*/),
  status,
  stack: null,
});

/** A refusal in the API's words, with an id. */
const refusal = (status: number) => ({
  status,
  headers: expect.objectContaining({ "content-type": "application/json", "x-request-id": expect.stringMatching(/./) }),
  body: expect.toSatisfy((body: string) => {
    expect(JSON.parse(body)).toEqual(envelope(status));
    return true;
  }),
});

describe("the id of a request", () => {
  it.each(["4711", "a.b_c-D", "x".repeat(64)])("is kept where it fits: %s", async (id) => {
    const client = await RawClient.connect(await serve(edge(mirror, { random: seededRandom(1), trustProxy: [] })));
    const { headers, body } = await client.lines(...get("/", `X-Request-Id: ${id}`)).answer();
    expect(headers["x-request-id"]).toBe(id);
    expect(JSON.parse(body)).toMatchObject({ requestId: id });
  });

  it.each(["", "x".repeat(65), "a b", "a,b", "<script>", "ä"])("is made anew where it does not: %j", async (id) => {
    const client = await RawClient.connect(await serve(edge(mirror, { random: seededRandom(1), trustProxy: [] })));
    const { headers } = await client.lines(...get("/", `X-Request-Id: ${id}`)).answer();
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is a new one for each request, and the same from the same chance", async () => {
    const ids = async () => {
      const client = await RawClient.connect(await serve(edge(mirror, { random: seededRandom(1), trustProxy: [] })));
      const first = await client.lines(...get("/")).answer();
      const second = await client.lines(...get("/")).answer();
      return [first, second].map(({ headers }) => headers["x-request-id"]);
    };
    const [first, second] = await ids();
    expect(first).not.toBe(second);
    expect(await ids()).toEqual([first, second]);
  });

  it("comes with every answer, good and bad", async () => {
    const { port } = await controlPlane();
    const requests: [string[], number][] = [
      [get("/healthz"), 200],
      [get("/nowhere"), 404],
      [get("/v1/org/default/site-provisioning-keys"), 401],
      [[...post(newtPaths.register, "content-length: 1"), "x"], 400],
      [upgrade(newtPaths.channel, socketKey), 401],
      [upgrade("/nowhere", socketKey), 404],
    ];
    for (const [lines, status] of requests) {
      const answer = await (await RawClient.connect(port)).lines(...lines).answer();
      expect(answer).toMatchObject({ status, headers: { "x-request-id": expect.stringMatching(/^[0-9a-f]{16}$/) } });
    }
  });

  it("stands in the log of a failed request, and no stack in its answer", async () => {
    const { port, database, logged } = await controlPlane();
    database.close();
    const lines = get(
      "/v1/org/default/site-provisioning-keys",
      `authorization: Bearer ${apiKey}`,
      "x-request-id: lost",
    );
    const { status, headers, body } = await (await RawClient.connect(port)).lines(...lines).answer();
    expect({ status, id: headers["x-request-id"] }).toEqual({ status: 500, id: "lost" });
    expect(JSON.parse(body)).toMatchObject({ message: "An error occurred", stack: null });
    expect(logged).toContainEqual({
      message: "request failed",
      fields: expect.objectContaining({ requestId: "lost" }),
    });
  });
});

describe("what never becomes a request", () => {
  it.each([
    ["garbage", "\u0016\u0003\u0001 no HTTP at all\r\n\r\n", 400],
    ["a method nobody knows", "BREW / HTTP/1.1\r\nhost: plane\r\n\r\n", 400],
    ["a NUL in a header", "GET / HTTP/1.1\r\nhost: plane\r\nx: a\0b\r\n\r\n", 400],
    ["two lengths", "POST / HTTP/1.1\r\nhost: plane\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400],
    [
      "a length beside chunks",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      400,
    ],
    ["a length that is no number", "POST / HTTP/1.1\r\nhost: plane\r\ncontent-length: x\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["a host that is none", "GET / HTTP/1.1\r\nhost: a/b@c\r\n\r\n", 400],
    ["a path that is none", "GET http://[ HTTP/1.1\r\nhost: plane\r\n\r\n", 400],
    ["an unknown expectation", "GET / HTTP/1.1\r\nhost: plane\r\nexpect: wonders\r\n\r\n", 417],
    ["headers that are too large", `GET / HTTP/1.1\r\nhost: plane\r\nx: ${"a".repeat(17 << 10)}\r\n\r\n`, 431],
    ["headers without end", `GET / HTTP/1.1\r\nhost: plane\r\n${"x: a\r\n".repeat(9 << 10)}`, 431],
    [
      "a handshake without a key",
      upgrade("/tunnel")
        .map((line) => `${line}\r\n`)
        .join(""),
      400,
    ],
    [
      "a channel at a path that is none",
      upgrade("http://[", socketKey)
        .map((line) => `${line}\r\n`)
        .join(""),
      400,
    ],
  ])("is told so in the API's words: %s", async (_what, bytes, status) => {
    const { port } = await controlPlane();
    const client = await RawClient.connect(port);
    expect(await client.bytes(Buffer.from(bytes, "latin1")).answer()).toEqual(refusal(status));
    expect((await (await RawClient.connect(port)).lines(...get("/healthz")).answer()).status).toBe(200);
  });

  const slow = { headersTimeoutMs: 100, requestTimeoutMs: 300 };

  it.each([
    ["says nothing", []],
    ["does not end its headers", ["GET / HTTP/1.1", "host: plane"]],
    ["does not send its body", post(newtPaths.register, "content-length: 10")],
    ["does not end its chunks", [...post(newtPaths.register, "transfer-encoding: chunked"), "1", "{"]],
  ])("is not waited for when a client %s", async (_what, lines) => {
    const client = await RawClient.connect((await controlPlane(slow)).port);
    expect(await client.lines(...lines).answer()).toEqual(refusal(408));
    await client.closed;
  });

  it("is not waited for when a client sends a body drop by drop", async () => {
    const client = await RawClient.connect((await controlPlane(slow)).port);
    client.lines(...post(newtPaths.register, "content-length: 100000"));
    const drip = setInterval(() => client.bytes(" "), 10);
    onTestFinished(() => clearInterval(drip));
    expect(await client.answer()).toEqual(refusal(408));
    await client.closed;
  });
});

describe("a body", () => {
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

  it.each([
    ["a length", [`content-length: ${(1 << 20) + 1}`], " ".repeat((1 << 20) + 1)],
    ["a length, without sending it", [`content-length: ${1 << 30}`], ""],
    ["chunks without end", ["transfer-encoding: chunked"], chunk(" ".repeat(1 << 18)).repeat(5)],
  ])("of more than 1 MiB is refused: by %s", async (_what, headers, body) => {
    const { port } = await controlPlane();
    const client = await RawClient.connect(port);
    expect(
      await client
        .lines(...post(newtPaths.register, ...headers))
        .bytes(body)
        .answer(),
    ).toEqual(refusal(413));
    expect((await (await RawClient.connect(port)).lines(...get("/healthz")).answer()).status).toBe(200);
  });

  it("may come in chunks", async () => {
    const client = await RawClient.connect((await controlPlane()).port);
    const lines = post(newtPaths.register, "transfer-encoding: chunked");
    const answer = await client
      .lines(...lines)
      .bytes(`${chunk('{"provisioningKey":')}${chunk('"x"}')}0\r\n\r\n`)
      .answer();
    expect(answer.body).toContain("Invalid provisioning key format");
  });

  it("that breaks off is no request, and harms nobody", async () => {
    const { port, logged } = await controlPlane();
    const client = await RawClient.connect(port);
    client.lines(...post(newtPaths.register, "content-length: 100")).bytes('{"provisioningKey":');
    client.socket.end();
    expect(await client.answer()).toMatchObject({ status: 400 });
    const other = await RawClient.connect(port);
    other.lines(...post(newtPaths.register, "transfer-encoding: chunked")).bytes("5\r\n{");
    other.socket.destroy();
    expect((await (await RawClient.connect(port)).lines(...get("/healthz")).answer()).status).toBe(200);
    expect(logged).toEqual([]);
  });
});

describe("a channel", () => {
  it("outlives the times that requests have", async () => {
    const { port } = await controlPlane({ headersTimeoutMs: 50, requestTimeoutMs: 50, keepAliveMs: 50, silenceMs: 50 });
    const client = await RawClient.connect(port);
    expect((await client.lines(...upgrade("/tunnel", socketKey)).answer()).status).toBe(101);
    const waiting = await RawClient.connect(port);
    await waiting.lines("GET / HTTP/1.1").closed;
    expect(client.socket.destroyed).toBe(false);
  });

  it.each([
    ["a frame larger than 1 MiB", Buffer.from("82ff00000000001000010000000000", "hex")],
    ["a frame without a mask", Buffer.from("810161", "hex")],
    ["garbage", Buffer.from("ffffffffffffffff", "hex")],
  ])("ends by %s, and nothing else does", async (_what, bytes) => {
    const { port } = await controlPlane();
    const client = await RawClient.connect(port);
    await client.lines(...upgrade("/tunnel", socketKey)).answer();
    client.bytes(bytes).socket.on("data", () => client.socket.end());
    await client.closed;
    expect((await (await RawClient.connect(port)).lines(...get("/healthz")).answer()).status).toBe(200);
  });
});

describe("the source of a request", () => {
  const trustProxy = cidrs("127.0.0.0/8", "10.0.0.0/8", "2001:db8:1::/48");

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7, 10.1.1.1", "203.0.113.7"],
    ["203.0.113.7, 2001:DB8:1::1,127.0.0.9", "203.0.113.7"],
    ["10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["2001:db8:2:0::1", "2001:db8:2::1"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["203.0.113.7:4711", "203.0.113.7"],
    ["[2001:db8:2::1]:4711", "2001:db8:2::1"],
    [", 203.0.113.7, ,", "203.0.113.7"],
    ["198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"],
    ["unknown", "127.0.0.1"],
    ["", "127.0.0.1"],
  ])("is what trusted proxies say: %j", async (forwardedFor, source) => {
    const seen: UpgradeRequest[] = [];
    const inside: Inside = {
      ...mirror,
      upgrade: async (request) => {
        seen.push(request);
        return { refuse: 401 };
      },
    };
    const port = await serve(edge(inside, { random: seededRandom(1), trustProxy }));
    const header = `X-Forwarded-For: ${forwardedFor}`;
    const answer = await (await RawClient.connect(port)).lines(...get("/", header)).answer();
    expect(JSON.parse(answer.body).peer).toEqual({ address: source });
    await (await RawClient.connect(port)).lines(...upgrade("/", header)).answer();
    expect(seen.map(({ peer }) => peer)).toEqual([{ address: source }]);
  });

  it("is the other end where no proxy is trusted, or it is none of them", async () => {
    for (const trust of [[], cidrs("10.0.0.0/8")]) {
      const port = await serve(edge(mirror, { random: seededRandom(1), trustProxy: trust }));
      const answer = await (await RawClient.connect(port)).lines(...get("/", "X-Forwarded-For: 10.0.0.1")).answer();
      expect(JSON.parse(answer.body).peer).toEqual({ address: "127.0.0.1" });
    }
  });

  it("is read from a proxy's header after any number of others", async () => {
    const port = await serve(edge(mirror, { random: seededRandom(1), trustProxy }));
    const others = Array.from({ length: 3_000 }, () => "a: b");
    const lines = get("/", "X-Forwarded-For: 198.51.100.1", ...others, "X-Forwarded-For: 203.0.113.7");
    const answer = await (await RawClient.connect(port)).lines(...lines).answer();
    expect(JSON.parse(answer.body).peer).toEqual({ address: "203.0.113.7" });
  });

  it("cannot be forged from behind a proxy that adds whom it heard from", () => {
    const forged = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant("10.0.0.1"));
    fc.assert(
      fc.property(fc.array(forged), (entries) => {
        const forwardedFor = [...entries, "203.0.113.7", "10.0.0.2"].join(", ");
        expect(trueSource(trustProxy, { address: "127.0.0.1" }, forwardedFor)).toEqual({ address: "203.0.113.7" });
      }),
    );
  });
});
