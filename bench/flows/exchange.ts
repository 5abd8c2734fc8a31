import { newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import { BenchPlane, concurrent, type Load, type Round } from "../plane.js";
import type { FlowResult } from "../results.js";

const exchanges = 10_000;
const tokens = 15_000;

/** Rounds that are measured, after one that warms both processes up. */
const rounds = 5;

/** A key's exchanges, with a nonce and without, and get-token for the sites that come of it. */
async function measure(plane: BenchPlane, round: (wish: Load) => Promise<Round>) {
  const bodies = [JSON.stringify({ provisioningKey: await plane.newKey(2 * exchanges) })];
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
  const plane = await BenchPlane.start(isPlain);
  const measured: Awaited<ReturnType<typeof measure>>[] = [];
  try {
    await plane.load(async (round) => {
      await measure(plane, round);
      for (let i = 0; i < rounds; i++) measured.push(await measure(plane, round));
    });
  } finally {
    await plane.close();
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
