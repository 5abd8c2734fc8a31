import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { realWorld } from "../../src/world/real/index.js";

/** How long a client may take for a request in these tests, milliseconds. */
const requestTimeoutMs = 400;
const apiKey = "first.secretsecretsecretsecret";

const world = realWorld({ name: "control-plane" });
const plane = await createControlPlane({
  world,
  database: openSqlite(":memory:"),
  pepper: Buffer.alloc(32, 7),
  apiKey,
});
const server = await world.network.listen({ host: "127.0.0.1", port: 0, limits: { requestTimeoutMs } }, plane);
const origin = `http://127.0.0.1:${server.port}`;

afterAll(async () => {
  await plane.close();
  await server.close();
});

interface Route {
  readonly method: string;
  readonly path: string;
}

const Description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ requestBody: z.unknown().optional() }))),
});
const description = Description.parse(await (await fetch(`${origin}/openapi.json`)).json());

/** Routes that read a body, by the server's own description. */
function takesBody({ method, path }: Route): boolean {
  const operation = description.paths[path.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
  return operation?.requestBody !== undefined;
}

/** A path of a route with something in the place of each parameter; the organisation is one that exists. */
function filled({ path }: Route, value: string): string {
  return path.replace(/:(\w+)/g, (_, name) => (name === "org" ? "default" : value));
}

const headers = {
  "content-type": "application/json",
  authorization: `Bearer ${apiKey}`,
  "x-api-key": "efk_nonsense",
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask({ method }: Route, path: string, body?: string | Uint8Array): Promise<Answer> {
  const carries = body !== undefined && method !== "GET" && method !== "HEAD";
  const answer = await fetch(origin + path, { method, headers, ...(carries && { body }) });
  return { status: answer.status, text: await answer.text() };
}

const refusal = z.union([
  z.object({
    data: z.null(),
    success: z.literal(false),
    error: z.literal(true),
    message: z.string().min(3),
    status: z.number(),
    stack: z.null(),
  }),
  z.strictObject({ error: z.string().min(3) }),
]);

/** An answer that a caller can live with: never a failure of the server's own, and a refusal says why and shows no stack. */
function expectSane({ status, text }: Answer): void {
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|node:internal/);
  if (status >= 400) refusal.parse(JSON.parse(text));
}

function expectRefused(answer: Answer): void {
  expectSane(answer);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
}

/** Bodies that no route takes. */
const malformed: Readonly<Record<string, string | Uint8Array>> = {
  "no JSON": "{",
  "a list": "[]",
  "a number": "17",
  "a text": '"x"',
  null: "null",
  "deep nesting": "[".repeat(100_000),
  "deep nesting inside": `{"name":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`,
  "bytes that are no UTF-8": Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  "more than a mebibyte": `{"name":"${"a".repeat(1 << 20)}"}`,
};

const strange = [
  "%00",
  "%ff",
  "..%2f..%2fetc",
  "-1",
  "1e309",
  "9".repeat(40),
  "%F0%9F%98%80",
  "a".repeat(4_000),
  "x%0d%0aSet-Cookie:a=b",
];

const routes = plane.routes.filter(({ path }) => !path.includes("*"));
/** What empties the house is asked of a stranger's organisation only. */
const isFinal = ({ method, path }: Route): boolean => method === "DELETE" && path === "/v1/org/:org";

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", (_, route) => {
  const path = isFinal(route) ? "/v1/org/nobody" : filled(route, "17");

  it("takes or refuses any JSON, and does not fail", async () => {
    const json = fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.json({ maxDepth: 4 }).map((text) => `{"name":${text},"provisioningKey":${text}}`),
    );
    await fc.assert(
      fc.asyncProperty(json, async (body) => expectSane(await ask(route, path, body))),
      { numRuns: 12 },
    );
  });

  if (route.path.includes(":")) {
    it.each(strange)("answers for the strange name %s", async (name) => {
      const strangely = isFinal(route) ? `/v1/org/${name}` : filled(route, name);
      expectSane(await ask(route, strangely, "{}"));
    });
  }

  if (!takesBody(route)) return;

  it.each(Object.keys(malformed))("refuses %s", async (name) => {
    expectRefused(await ask(route, path, malformed[name]));
  });

  it("takes or refuses each field with a value of another kind, and does not fail", async () => {
    for (const body of twisted(route)) expectSane(await ask(route, path, JSON.stringify(body)));
  });

  it.each([
    ["breaks off", true],
    ["never comes to its end", false],
  ])("refuses a body that %s", async (_, hangUp) => {
    const said = await raw(`${head(route, path)}Content-Length: 1000\r\n\r\n{"name":"a`, { hangUp });
    expect(said).toMatch(hangUp ? /^(HTTP\/1\.1 4|$)/ : /^HTTP\/1\.1 4/);
  });
});

it("is all still there", async () => {
  expect((await ask({ method: "GET", path: "/readyz" }, "/readyz")).status).toBe(200);
});

const Body = z.object({
  content: z.object({
    "application/json": z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
  }),
});

/** Bodies with one field of each route's own, and in it what does not belong there. */
function twisted(route: Route): object[] {
  const operation = description.paths[route.path.replace(/:(\w+)/g, "{$1}")]?.[route.method.toLowerCase()];
  const body = Body.safeParse(operation?.requestBody);
  const names = Object.keys(body.data?.content["application/json"].schema.properties ?? {});
  const values = [
    null,
    -1,
    1e308,
    [],
    {},
    [{}],
    true,
    "",
    "\u0000",
    "a\u0000b",
    "x".repeat(70_000),
    "2026-13-45T99:99:99Z",
  ];
  return names.flatMap((name) => values.map((value) => ({ [name]: value })));
}

function head({ method }: Route, path: string): string {
  const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}`;
}

/** What the server says to bytes, until it closes the connection. */
async function raw(bytes: string, { hangUp }: { hangUp: boolean }): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  let said = "";
  socket.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes);
  if (hangUp) socket.end();
  await once(socket, "close");
  return said;
}
