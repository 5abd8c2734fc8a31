import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { needFiles } from "../fleet.js";
import { BenchPlane } from "../plane.js";
import { program } from "../program.js";
import type { FlowResult } from "../results.js";

const harness = fileURLToPath(new URL("../device-fleet.mjs", import.meta.url));

/** All of them come from one address, which a server allows to proxies only. */
const flags = ["--trust-proxy", "127.0.0.1/32"];

const Memory = z.object({ resident: z.number(), heap: z.number() });
const Held = z.object({ before: Memory, after: Memory, count: z.number() });

/** Kilobytes of one among many. */
export interface Share {
  readonly resident: number;
  readonly heap: number;
}

/** Has a process of its own hold what the wish says, and tells what one of them takes. */
async function held(wish: object): Promise<Share> {
  const fleet = program("--expose-gc", harness);
  try {
    fleet.say(JSON.stringify(wish));
    const { before, after, count } = await fleet.hear(Held);
    const share = (of: keyof Share): number => (after[of] - before[of]) / count / 1_024;
    return { resident: share("resident"), heap: share("heap") };
  } finally {
    await fleet.end("SIGKILL");
  }
}

/** What one of `count` sites takes, and one of as many channels that nobody uses. */
export async function measureDevices(count: number): Promise<{ readonly site: Share; readonly channel: Share }> {
  const plane = await BenchPlane.start(true, flags);
  const directory = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
  try {
    const { url } = plane.up;
    const channel = await held({ channels: { url, newts: await plane.sites(count) } });
    const provisioningKey = await plane.newKey(count);
    const site = await held({ sites: { url, provisioningKey, count, directory } });
    return { site, channel };
  } finally {
    await plane.close();
    rmSync(directory, { recursive: true });
  }
}

/** What a connected virtual device costs. */
export async function benchDevices(count: number, times: number): Promise<FlowResult[]> {
  needFiles(3 * count);
  const measured: Awaited<ReturnType<typeof measureDevices>>[] = [];
  for (let i = 0; i < times; i++) measured.push(await measureDevices(count));
  const unit = "KB";
  return [
    {
      name: "memory of a connected site, its socket apart",
      unit,
      runs: measured.map(({ site, channel }) => site.resident - channel.resident),
      goal: "at most 10 KB",
      method: `The difference of the next two figures: ${count} sites of persona \`hardened\` on one \`firstboot up\` over plain HTTP, less as many bare channels.`,
    },
    {
      name: "memory of a connected site with its socket",
      unit,
      runs: measured.map(({ site }) => site.resident),
      method: `${count} sites in one process of the built package, each with a directory on disk: exchange, files made safe by fsync, token, channel, provisioning blueprint confirmed, two heartbeats answered. Resident memory after garbage collection with all of them, less that with the first fifth, for each of those between: the first ones warm up code, and use the pages that V8 has kept free.`,
    },
    {
      name: "memory of a bare channel of a device",
      unit,
      runs: measured.map(({ channel }) => channel.resident),
      method: `${count} channels of one World in such a process, each opened with a token of its own: they hear and do nothing. Measured in the same way.`,
    },
    {
      name: "heap of a connected site with its socket",
      unit,
      runs: measured.map(({ site }) => site.heap),
      method: "Of the same processes: what of it is objects of JavaScript.",
    },
  ];
}
