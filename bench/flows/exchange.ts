import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import type { FlowResult } from "../results.js";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const main = file("../../dist/src/cli/main.js");
const generator = file("../request-load.mjs");

const exchanges = 10_000;
const tokens = 15_000;
const concurrent = 200;

/** Rounds that are measured, after one that warms both processes up. */
const rounds = 5;

const Up = z.object({ url: z.string(), apiKey: z.string(), org: z.string(), ca: z.string().nullish() });
const Round = z.object({ perSecond: z.number(), p99Ms: z.number(), answers: z.array(z.string()) });
type Round = z.infer<typeof Round>;

/** One round of requests, as the generator takes it. */
interface Load {
  readonly path: string;
  readonly bodies: readonly string[];
  /** Puts a nonce of its own into each request. */
  readonly nonce?: boolean;
  readonly requests: number;
  /** The status that every answer must have. */
  readonly status: number;
  /** How many answers to hand back. */
  readonly keep?: number;
}

/** A program of ours that answers in lines; `end` resolves when it is gone. */
function program(...args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    say: (line: string) => child.stdin.write(`${line}\n`),
    hear: async <T extends z.ZodType>(schema: T): Promise<z.infer<T>> => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args[0]} ended`);
      return schema.parse(JSON.parse(value));
    },
    end: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** `firstboot up` and a generator, each in a process of its own, and a way to have rounds of load. */
async function stage(isPlain: boolean) {
  const data = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
  const server = program(main, "up", "--json", "--port", "0", "--data", data, ...(isPlain ? ["--no-tls"] : []));
  const { url, apiKey, org, ca } = await server.hear(Up);
  const trust = ca ? { ca: readFileSync(ca, "utf8") } : {};
  const world = realWorld(trust);
  const client = new IntegrationClient({ network: world.network, endpoint: url, apiKey });
  const load = program(generator);
  return {
    newKey: async () =>
      (await client.createKey(org, { name: "bench", maxBatchSize: 2 * exchanges })).siteProvisioningKey,
    round: (wish: Load): Promise<Round> => {
      load.say(JSON.stringify({ url, ...trust, concurrent, ...wish }));
      return load.hear(Round);
    },
    close: async () => {
      world.process.kill();
      await load.end();
      await server.end();
      rmSync(data, { recursive: true });
    },
  };
}

/** A key's exchanges, with a nonce and without, and get-token for the sites that come of it. */
async function measure({ newKey, round }: Awaited<ReturnType<typeof stage>>) {
  const bodies = [JSON.stringify({ provisioningKey: await newKey() })];
  const wish: Load = { path: newtPaths.register, bodies, requests: exchanges, status: 201, keep: exchanges };
  const plain = await round(wish);
  const nonce = await round({ ...wish, nonce: true });
  const credentials = plain.answers.map((answer) => JSON.stringify(RegisterData.parse(JSON.parse(answer).data)));
  const token = await round({ path: newtPaths.getToken, bodies: credentials, requests: tokens, status: 200 });
  return { plain, nonce, token };
}

/** Exchanges and tokens per second, and how long the slowest of a hundred waits. */
export async function benchExchange(kind: "plain HTTP" | "TLS"): Promise<FlowResult[]> {
  const isPlain = kind === "plain HTTP";
  const subject = await stage(isPlain);
  const measured: Awaited<ReturnType<typeof measure>>[] = [];
  try {
    await measure(subject);
    for (let i = 0; i < rounds; i++) measured.push(await measure(subject));
  } finally {
    await subject.close();
  }

  const setting = `${concurrent} at a time over kept connections on loopback; \`firstboot up\` and a generator on bare sockets, each in its own process on the same cores. SQLite on disk (WAL, synchronous FULL), every answer after its commit.`;
  const flows = [
    {
      part: "plain",
      name: `exchange over ${kind}`,
      method: `${exchanges} exchanges of stock agents on one key, ${setting}`,
      goals: ["at least 3,000/s", "under 100 ms"],
    },
    {
      part: "nonce",
      name: `exchange with a nonce over ${kind}`,
      method: `The same by agents that send a nonce, whose answers are sealed and kept until they have arrived: ${setting}`,
      goals: [],
    },
    {
      part: "token",
      name: `get-token over ${kind}`,
      method: `${tokens} tokens for the sites of those exchanges, ${setting}`,
      goals: ["at least 5,000/s"],
    },
  ] as const;
  return flows.flatMap(({ part, name, method, goals: [rate, p99] }) => [
    {
      name,
      unit: "/s",
      runs: measured.map((round) => round[part].perSecond),
      ...(isPlain && rate && { goal: rate }),
      method,
    },
    {
      name: `${name}, p99`,
      unit: "ms",
      runs: measured.map((round) => round[part].p99Ms),
      ...(isPlain && p99 && { goal: p99 }),
      method: "From the request to the whole answer, of the same runs.",
    },
  ]);
}
