import { Pool } from "undici";
import { newtPaths } from "../src/protocol/newt/index.js";
import type { HttpRequest } from "../src/world/network.js";
import { realWorld } from "../src/world/real/index.js";
import type { BenchPlane } from "./plane.js";

/** How often each is asked, milliseconds. */
const every = 100;
const timeoutMs = 30_000;

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Asks, while others storm, what an operator, a balancer and a new device ask. */
export async function probe({ up: { url, apiKey, org }, trust }: BenchPlane, provisioningKey: string) {
  const { network, process } = realWorld(trust);
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ provisioningKey });
  // An operator who is there already: one connection, which is kept.
  const kept = new Pool(url, { connections: 1, connect: trust });
  const wishes = {
    health: { method: "GET", url: `${url}/healthz`, headers: { connection: "close" }, timeoutMs },
    exchange: { method: "POST", url: url + newtPaths.register, headers, body, timeoutMs },
  } as const satisfies Record<string, HttpRequest>;

  async function send(name: keyof typeof asked): Promise<number> {
    if (name !== "query") return (await network.request(wishes[name])).status;
    const path = `/v1/org/${org}/sites?pageSize=1`;
    const { statusCode, body } = await kept.request({ method: "GET", path, headers, headersTimeout: timeoutMs });
    await body.dump();
    return statusCode;
  }

  const asked: Record<"query" | keyof typeof wishes, number[]> = { query: [], health: [], exchange: [] };
  const open = new Set<Promise<void>>();
  let unanswered = 0;
  async function ask(name: keyof typeof asked): Promise<void> {
    const began = performance.now();
    const status = await send(name);
    if (status >= 400) throw new Error(`${name} was answered with ${status}`);
    asked[name].push(performance.now() - began);
  }
  function askAll(): void {
    for (const name of ["query", "health", "exchange"] as const) {
      const answer = ask(name).catch(() => {
        unanswered++;
      });
      open.add(answer);
      void answer.then(() => open.delete(answer));
    }
  }
  askAll();
  await Promise.all(open);
  const timer = setInterval(askAll, every);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    await kept.close();
    process.kill();
    return {
      unanswered,
      query: quantiles(asked.query),
      health: quantiles(asked.health),
      exchange: quantiles(asked.exchange),
    };
  };
}

function quantiles(asked: readonly number[]): Latencies {
  const sorted = [...asked].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
