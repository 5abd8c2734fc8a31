import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { BenchPlane, Credentials } from "./plane.js";
import { program } from "./program.js";

const generator = fileURLToPath(new URL("newt-fleet.mjs", import.meta.url));

/** Addresses that newts come from: a source has a limit. */
const sources = 10;

/** How many open their channels at a time at the start. */
const atOnce = 100;

const Told = z.object({ lostAt: z.number(), backAt: z.number(), failures: z.record(z.string(), z.number()) });
const Beats = z.object({ beats: z.number(), p50: z.number(), p99: z.number(), max: z.number() });
const Applied = z.object({ perSecond: z.number(), p99: z.number(), refusals: z.array(z.string()) });

/** Newts with stock habits, in a process of their own. */
export async function fleet({ up: { url }, trust }: BenchPlane, newts: readonly Credentials[]) {
  const { say, hear, end } = program(generator);
  const wish = <T extends z.ZodType>(schema: T, what: object): Promise<z.infer<T>> => {
    say(JSON.stringify(what));
    return hear(schema);
  };
  await wish(Told, { do: "open", url, ...trust, newts, sources, atOnce });
  return {
    /** Drops all channels without a goodbye. */
    lose: () => wish(z.object({}), { do: "lose" }),
    /** Resolves when all are open. */
    back: () => wish(Told, { do: "wait" }),
    /** How long heartbeats took since it was asked last, milliseconds. */
    beats: () => wish(Beats, { do: "beats" }),
    /** Has each apply its blueprint at once. Resolves when all are answered: how many a second, and milliseconds. */
    apply: (blueprints: readonly string[], once: boolean) => wish(Applied, { do: "apply", blueprints, once }),
    end: () => end("SIGKILL"),
  };
}

/** Says what is missing where a process may not have so many files open. */
export function needFiles(count: number): void {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  if (Number(limit) >= count) return;
  throw new Error(`a process may have ${limit} files open, and this needs ${count}: run \`ulimit -n ${count}\` before`);
}
