import { setTimeout as sleep } from "node:timers/promises";
import { fleet, needFiles } from "../fleet.js";
import { BenchPlane } from "../plane.js";
import type { FlowResult } from "../results.js";

const newts = 10_000;

/** Until kept connections are gone and heartbeats are all that happens, milliseconds. */
const settleMs = 75_000;

/** How long CPU time is measured, milliseconds: each newt beats twice. */
const idleMs = 60_000;

interface Measured {
  readonly kilobytes: number;
  readonly cpuPercent: number;
  readonly beatMs: number;
}

async function measure(isPlain: boolean): Promise<Measured> {
  const plane = await BenchPlane.start(isPlain);
  try {
    const credentials = await plane.sites(newts);
    // A process that has done nothing yet, so that all that channels made it grow is theirs.
    await plane.restart();
    const before = await plane.memory();
    const { beats, end } = await fleet(plane, credentials);
    await sleep(settleMs);
    const memory = (await plane.memory()) - before;
    await beats();
    const [cpu, began] = [plane.cpuSeconds(), performance.now()];
    await sleep(idleMs);
    const cpuPercent = (100 * (plane.cpuSeconds() - cpu)) / ((performance.now() - began) / 1_000);
    const { p99 } = await beats();
    await end();
    return { kilobytes: memory / newts / 1_024, cpuPercent, beatMs: p99 };
  } finally {
    await plane.close();
  }
}

/** What channels of newts cost that do nothing but beat. */
export async function benchChannels(kind: "plain HTTP" | "TLS", times: number): Promise<FlowResult[]> {
  const isPlain = kind === "plain HTTP";
  needFiles(1.5 * newts);
  const measured: Measured[] = [];
  for (let i = 0; i < times; i++) measured.push(await measure(isPlain));
  return [
    {
      name: `memory of a newt's channel over ${kind}`,
      unit: "KB",
      runs: measured.map(({ kilobytes }) => kilobytes),
      goal: isPlain ? "at most 12 KB" : "at most 50 KB",
      method: `${newts} newts on one \`firstboot up\`, 75 s after the last one came: resident memory after garbage collection, less that of the process just after its start, for each channel. All that the process has grown by counts, warm code among it.`,
    },
    {
      name: `CPU of ${newts} idle channels over ${kind}`,
      unit: "% of a core",
      runs: measured.map(({ cpuPercent }) => cpuPercent),
      ...(isPlain && { goal: "at most 5 %" }),
      method:
        "Of the same servers over the 60 s after that: each newt sends `newt/ping` and a protocol ping every 30 s.",
    },
    {
      name: `heartbeat among ${newts} over ${kind}, p99`,
      unit: "ms",
      runs: measured.map(({ beatMs }) => beatMs),
      method: "From `newt/ping` to `pong`, in that time, as the generator of the fleet sees it.",
    },
  ];
}
