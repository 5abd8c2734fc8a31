import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { IntegrationClient } from "../src/protocol/integration/index.js";
import { newtPaths, RegisterData } from "../src/protocol/newt/index.js";
import { realWorld } from "../src/world/real/index.js";
import { type Program, program } from "./program.js";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const main = file("../dist/src/cli/main.js");

const Up = z.object({ url: z.string(), apiKey: z.string(), org: z.string(), ca: z.string().nullish() });
const Round = z.object({ perSecond: z.number(), p99Ms: z.number(), answers: z.array(z.string()) });
export type Round = z.infer<typeof Round>;

/** One round of requests, as the generator takes it. */
export interface Load {
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

/** Requests under way in a round. */
export const concurrent = 200;

export interface Credentials {
  readonly newtId: string;
  readonly secret: string;
}

/** `firstboot up` and a generator of requests, each in a process of its own. */
export class BenchPlane {
  private constructor(
    readonly up: z.infer<typeof Up>,
    private server: Program,
    private readonly data: string,
    private readonly flags: readonly string[],
  ) {}

  static async start(isPlain: boolean, more: readonly string[] = []): Promise<BenchPlane> {
    const data = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
    const flags = ["--json", "--data", data, ...(isPlain ? ["--no-tls"] : []), ...more];
    const server = upWith("0", flags);
    return new BenchPlane(await server.hear(Up), server, data, flags);
  }

  /** PEM text of its authority, if it speaks TLS. */
  get trust(): { readonly ca?: string } {
    return this.up.ca ? { ca: readFileSync(this.up.ca, "utf8") } : {};
  }

  /** Ends it, politely or not, and starts it again on the same port and data. Resolves when it is ready. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.server.end(signal);
    this.server = upWith(new URL(this.up.url).port, this.flags);
    await this.server.hear(Up);
  }

  /** Asks as an operator does. */
  async ask<T>(question: (client: IntegrationClient, org: string) => Promise<T>): Promise<T> {
    const { url, apiKey, org } = this.up;
    const world = realWorld(this.trust);
    try {
      return await question(new IntegrationClient({ network: world.network, endpoint: url, apiKey }), org);
    } finally {
      world.process.kill();
    }
  }

  async newKey(maxBatchSize: number): Promise<string> {
    const { siteProvisioningKey } = await this.ask((client, org) =>
      client.createKey(org, { name: "bench", maxBatchSize }),
    );
    return siteProvisioningKey;
  }

  /** Runs rounds of requests. */
  async load<T>(use: (round: (wish: Load) => Promise<Round>) => Promise<T>): Promise<T> {
    const generator = program(file("request-load.mjs"));
    try {
      return await use((wish) => {
        generator.say(JSON.stringify({ url: this.up.url, ...this.trust, concurrent, ...wish }));
        return generator.hear(Round);
      });
    } finally {
      await generator.end();
    }
  }

  /** The credentials of so many new sites. */
  async sites(count: number): Promise<Credentials[]> {
    const bodies = [JSON.stringify({ provisioningKey: await this.newKey(2 * count) })];
    const wish: Load = { path: newtPaths.register, bodies, requests: count, status: 201, keep: count };
    const { answers } = await this.load((round) => round(wish));
    return answers.map((answer) => RegisterData.parse(JSON.parse(answer).data));
  }

  /** Resident memory after it has given back what it can, bytes. */
  async memory(): Promise<number> {
    this.server.child.kill("SIGUSR2");
    await sleep(1_000);
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.server.child.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1_024;
  }

  /** CPU time that it has taken so far, seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.server.child.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  async close(): Promise<void> {
    await this.server.end();
    rmSync(this.data, { recursive: true });
  }
}

/** Of the kernel's accounts, on every Linux there is. */
const ticksPerSecond = 100;

function upWith(port: string, flags: readonly string[]): Program {
  return program("--expose-gc", "--import", file("collect.mjs"), main, "up", "--port", port, ...flags);
}
