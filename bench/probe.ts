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
  const wishes = {
    query: { method: "GET", url: `${url}/v1/org/${org}/sites?pageSize=1`, headers, timeoutMs },
    health: { method: "GET", url: `${url}/healthz`, headers: { connection: "close" }, timeoutMs },
    exchange: { method: "POST", url: url + newtPaths.register, headers, body, timeoutMs },
  } as const satisfies Record<string, HttpRequest>;

  const asked: Record<keyof typeof wishes, number[]> = { query: [], health: [], exchange: [] };
  const open = new Set<Promise<void>>();
  let unanswered = 0;
  async function ask(name: keyof typeof wishes): Promise<void> {
    const began = performance.now();
    const { status } = await network.request(wishes[name]);
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
