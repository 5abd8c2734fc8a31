import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fromNewt,
  fromServer,
  type MessageType,
  type NewtMessage,
  type NewtType,
} from "../../src/protocol/newt/index.js";
import type { Message } from "../../src/world/network.js";
import { applied, beat, TestSite, target, web } from "./newt-site.js";
import { Plane, type Talk } from "./plane.js";

/** Data that a newt sends with each type (PROTOCOLS A12–A17, F). */
const samples: { readonly [type in NewtType]: object } = {
  "newt/ping": {},
  "newt/ping/request": { chainId: "8507613d847bccbd", noCloud: false },
  "newt/wg/register": {
    chainId: "24308cdf4b5ab707",
    newtVersion: "1.14.0",
    pingResults: [
      {
        exitNodeId: 1,
        latencyMs: 5,
        weight: 1,
        exitNodeName: "Exit Node",
        endpoint: "127.0.0.1",
        wasPreviouslyConnected: false,
      },
    ],
    publicKey: "k=",
  },
  "newt/wg/get-config": { chainId: "g1", localEndpoints: ["192.0.2.2:51821"], port: 51_821, publicKey: "k=" },
  "newt/receive-bandwidth": { bandwidthData: [{ bytesIn: 0.5, bytesOut: 12, publicKey: "k=" }] },
  "newt/blueprint/apply": { blueprint: "{}" },
  "newt/healthcheck/status": {
    targets: {
      "1": { status: "healthy", lastCheck: "2026-11-22T06:03:40Z", checkCount: 3, lastError: "", config: {} },
    },
  },
  "newt/socket/status": { available: true, socketPath: "/var/run/docker.sock" },
  "newt/socket/containers": {
    containers: [
      {
        id: "c0ffee",
        name: "web",
        image: "nginx",
        state: "running",
        status: "Up 2 hours",
        ports: [{ privatePort: 80, publicPort: 8080, type: "tcp", ip: "0.0.0.0" }],
        labels: { a: "b" },
        created: 1_771_000_000,
        networks: { bridge: { networkId: "n" } },
        hostname: "web",
      },
    ],
  },
  "newt/access-log": { compressed: "eJyLBQAANwAy" },
  "newt/request-log": { compressed: "eJyLBQAANwAy" },
  "newt/disconnecting": {},
  "ws/round-trip/complete": { messageId: 7, complete: true, error: "no such user" },
};

/** What the types are answered with that are answered (PROTOCOLS A16, E1, G3). */
const answers: { readonly [type in NewtType]?: readonly string[] } = {
  "newt/ping": ["pong"],
  "newt/ping/request": ["newt/ping/exitNodes"],
  "newt/wg/register": ["newt/socket/fetch"],
  "newt/blueprint/apply": ["newt/blueprint/results"],
};

const types = Object.entries<MessageType>(fromNewt).map(([type]) => type);
const sampleOf = (type: string): unknown => Object.entries(samples).find(([name]) => name === type)?.[1];

const hostile: readonly unknown[] = [
  null,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  true,
  "",
  "\u0000",
  "\ud800",
  "x".repeat(70_000),
  [],
  [[]],
  {},
  [null],
  { toString: null, length: -1, constructor: { prototype: {} } },
  Array.from({ length: 5_000 }, (_, index) => index),
  nested(90),
];

function nested(depth: number): unknown {
  return depth === 0 ? [] : { a: nested(depth - 1) };
}

/** Copies of a value with another in the place of each of its parts. */
function twisted(value: unknown, by: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [by];
  if (Array.isArray(value))
    return [by, ...value.flatMap((part, index) => twisted(part, by).map((one) => value.with(index, one)))];
  const parts = Object.entries(value).flatMap(([key, part]) =>
    twisted(part, by).map((one) => ({ ...value, [key]: one })),
  );
  return [by, ...parts];
}

/** Frames that are no message, or not one that anybody means well with. */
function brokenFrames(type: string): Message[] {
  const text = JSON.stringify({ type, data: sampleOf(type) });
  const proto = `{"type":${JSON.stringify(type)},"data":{"__proto__":{"polluted":1},"targets":{"__proto__":{"status":"healthy"}}}}`;
  return [
    text.slice(0, -1),
    `${text}${text}`,
    proto,
    `{"type":${JSON.stringify(type)},"data":${"[".repeat(100_000)}`,
    `{"type":${JSON.stringify(type)},"data":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    `{"type":${JSON.stringify(type)},"data":{},"configVersion":1e400}`,
    `{"type":${JSON.stringify(type)},"data":{},"configVersion":"1"}`,
    JSON.stringify({ type, data: sampleOf(type), configVersion: -(2 ** 53) + 1 }),
    Buffer.from(text),
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
    gzipSync(text).subarray(0, 20),
    gzipSync(proto),
    gzipSync(`${text.slice(0, -1)}${" ".repeat(8 << 20)}}`),
    gzipSync(gzipSync(text)),
    Buffer.alloc(0),
  ];
}

/** Everything that a newt hears belongs to the protocol. */
function expectProper({ type, data, configVersion }: NewtMessage): void {
  const entry = Object.entries<MessageType>(fromServer).find(([name]) => name === type)?.[1];
  expect(entry, type).toBeDefined();
  expect(entry?.data.safeParse(data).error).toBeUndefined();
  expect(configVersion).toEqual(expect.any(Number));
}

/** Sends a frame and waits until the server has got over it: a heartbeat is answered, or the channel closed with a code. */
async function afterwards(newt: Talk<NewtMessage>, frame: Message): Promise<readonly NewtMessage[]> {
  newt.channel.send(frame);
  newt.say({ type: "newt/ping", data: {} });
  const code = await Promise.race([newt.hear("pong").then(() => 0), newt.hearClose()]);
  expect([0, 1000, 1008]).toContain(code);
  return newt.heard.splice(0);
}

test("the table of what newts send is that of the protocol, and each entry takes what newts send", () => {
  expect(types.sort()).toEqual(Object.keys(samples).sort());
  for (const [type, { data }] of Object.entries<MessageType>(fromNewt)) {
    expect(data.safeParse(sampleOf(type)).error, type).toBeUndefined();
  }
  // Lists that have nothing in them come as null, and fields that nobody knows yet come too.
  const lenient = { bandwidthData: null, containers: null, more: { to: "come" } };
  expect(fromNewt["newt/receive-bandwidth"].data.safeParse(lenient).success).toBe(true);
  expect(fromNewt["newt/socket/containers"].data.safeParse(lenient).success).toBe(true);
});

test.each(types)("%s is answered as the protocol says, or taken in silence", async (type) => {
  const plane = await Plane.start();
  const newt = await (await TestSite.of(plane)).connect();
  newt.say({ type, data: sampleOf(type) });
  if (type === "newt/disconnecting") {
    expect(await newt.hearClose()).toBe(1000);
    return;
  }
  const wanted = Object.entries(answers).find(([name]) => name === type)?.[1] ?? [];
  for (const answer of wanted) expectProper(await newt.hear(answer));
  expect((await beat(newt)).heard).toEqual([]);
});

test.each(types)("hostile frames of %s get an error, a close code or silence, and reach nobody else", async (type) => {
  const plane = await Plane.start();
  const victim = await TestSite.of(plane);
  const theirs = await victim.connect();
  await applied(theirs, web([target(80, { healthcheck: { hostname: "a", port: 80, method: "GET" } })], {}, "victim"));
  const before = await victim.targets();
  const site = await TestSite.of(plane);
  let newt = await site.connect();
  const strike = async (frame: Message): Promise<void> => {
    if (newt.closed !== undefined) newt = await site.connect();
    for (const message of await afterwards(newt, frame)) {
      expectProper(message);
      expect(JSON.stringify(message)).not.toMatch(/victim|10\.0\.0\.1/);
    }
  };

  for (const frame of brokenFrames(type)) await strike(frame);
  for (const value of hostile) {
    for (const data of twisted(sampleOf(type), value).slice(0, 12)) await strike(JSON.stringify({ type, data }));
  }
  const ids = Object.fromEntries(before.map(({ targetId }) => [String(targetId), { status: "unhealthy" }]));
  for (const targets of [
    ids,
    { ...ids, "-1": { status: "healthy" }, "1e3": { status: "healthy" }, "": { status: "unknown" } },
  ]) {
    await strike(JSON.stringify({ type, data: { ...Object(sampleOf(type)), targets } }));
  }
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), (data) => strike(JSON.stringify({ type, data }))),
    { numRuns: 25 },
  );

  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(await victim.targets()).toEqual(before);
  expect(await beat(theirs, 2)).toEqual({ number: 2, heard: [] });
});

test("a document that is hostile is refused or kept, and changes nothing but its own site's resources", async () => {
  const plane = await Plane.start();
  const victim = await TestSite.of(plane);
  const theirs = await victim.connect();
  await applied(theirs, web([target(80)], {}, "victim"));
  const before = await victim.targets();
  const newt = await (await TestSite.of(plane)).connect();
  const place = { hostname: "10.0.0.9", port: 80, method: "http" };
  for (const blueprint of [
    web([place], {}, "victim"),
    web([{ ...place, site: victim.niceId }], {}, "constructor"),
    `{"public-resources":{"__proto__":{"name":"a","mode":"http","full-domain":"a.example.com","targets":[]}}}`,
    web([{ ...place, hostname: "'; drop table target; --" }], {}, "sql"),
    web([{ ...place, hostname: "a:1\n2:b" }], {}, "lines"),
    web(
      Array.from({ length: 9_000 }, () => place),
      {},
      "many",
    ),
    web([{ ...place, port: 0 }]),
    web([{ ...place, "internal-port": 70_000 }]),
    "x".repeat(900_000),
    "",
    "null",
    "\u0000",
  ]) {
    newt.say({ type: "newt/blueprint/apply", data: { blueprint } });
    expectProper(await newt.hear("newt/blueprint/results"));
    for (const message of newt.heard.splice(0)) expectProper(message);
  }
  expect(await victim.targets()).toEqual(before);
  expect(await beat(theirs, 2)).toEqual({ number: 2, heard: [] });
});
