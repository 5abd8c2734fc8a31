import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runSwarm } from "../../simulator/swarm/index.js";
import { type FlowResult, repeat } from "../results.js";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const harness = file("../virtual-fleet.mjs");
const main = file("../../dist/src/cli/main.js");

const Measured = z.object({ enrolMs: z.number(), heldMs: z.number(), events: z.number() });

/** A node process on one core: what it printed, how long it took and the most memory it had, in MB. */
async function onOneCore(...args: string[]): Promise<{ output: string; seconds: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn("taskset", ["--cpu-list", "0", process.execPath, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  let megabytes = 0;
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const looking = setInterval(() => {
    megabytes = peakOf(child.pid) ?? megabytes;
  }, 100);
  const [code] = await once(child, "close");
  clearInterval(looking);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return { output, seconds: (performance.now() - started) / 1_000, megabytes };
}

/** The most resident memory of a process so far. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch {
    return undefined;
  }
}

async function fleet(devices: number, arrivalsS: number, hours: number): Promise<z.infer<typeof Measured>> {
  const { output } = await onOneCore(harness, `${devices}`, `${arrivalsS}`, `${hours}`);
  return Measured.parse(JSON.parse(output));
}

/** What the virtual world does in a second of one core. */
export async function benchVirtual(): Promise<FlowResult[]> {
  const heartbeats = await repeat(3, async () => {
    const { events, heldMs } = await fleet(1_000, 5, 8);
    return events / (heldMs / 1_000);
  });
  const enrolments = await repeat(3, async () => 10_000 / ((await fleet(10_000, 20, 0)).enrolMs / 1_000));
  const swarm = await repeat(3, swarmSeconds);
  return [
    {
      name: "heartbeat events in the virtual world, 1,000 sites",
      unit: "/s",
      runs: heartbeats,
      goal: "at least 800,000/s",
      method:
        "Sites and control plane in one virtual world on one core, held for 8 hours of virtual time. An event is a delivered message or a fired timer.",
    },
    {
      name: "whole enrolments in the virtual world, 10,000 sites",
      unit: "/s",
      runs: enrolments,
      goal: "at least 3,000/s",
      method:
        "From the first boot to the last open channel, with boots spread over 20 s of virtual time, on one core, by code that has been warmed up with 2,000: config file and nonce made durable, exchange, credentials made durable, token, channel.",
    },
    {
      name: "200 seeds of the swarm",
      unit: "s",
      runs: swarm,
      goal: "at most 10 s",
      method: "Seeds 1 to 200 of the small swarm, each a fleet with its faults and its judgement, in this process.",
    },
  ];
}

/** The command as a user runs it. */
export async function benchDay(): Promise<FlowResult[]> {
  const out = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
  const scenario = file("../scenarios/day.yaml");
  const { seconds, megabytes } = await onOneCore(main, "simulate", scenario, "--world", "virtual", "--out", out);
  rmSync(out, { recursive: true });
  const method =
    "`firstboot simulate bench/scenarios/day.yaml --world virtual` on one core, from start to exit 0: 10,000 newt sites enrol and beat for 24 simulated hours, through three crashes of their control plane, and are judged.";
  return [
    { name: "a simulated day of 10,000 sites", unit: "s", runs: [seconds], goal: "at most 180 s", method },
    { name: "memory of that day, at most", unit: "MB", runs: [megabytes], goal: "at most 400 MB", method },
  ];
}

/** The nightly run as it is started by hand. */
export async function benchSoak(): Promise<FlowResult[]> {
  const started = performance.now();
  const soak = spawn(process.execPath, ["--import", "tsx", file("../../scripts/soak.ts")], { stdio: "ignore" });
  const [code] = await once(soak, "close");
  if (code !== 0) throw new Error(`the soak ended with ${code}`);
  return [
    {
      name: "ten thousand seeds of the swarm",
      unit: "s",
      runs: [(performance.now() - started) / 1_000],
      goal: "at most 600 s",
      method: "`npm run soak` on all cores, from start to exit 0: no seed fails.",
    },
  ];
}

async function swarmSeconds(): Promise<number> {
  const started = performance.now();
  const seeds = Array.from({ length: 200 }, (_, index) => index + 1);
  const { failures } = await runSwarm({ seeds });
  if (failures.length > 0) throw new Error(`seeds of the swarm failed: ${failures.map(({ seed }) => seed).join(", ")}`);
  return (performance.now() - started) / 1_000;
}
