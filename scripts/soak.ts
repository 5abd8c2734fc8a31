// Runs the swarm over many seeds on every core: npm run soak -- [--from 1] [--seeds 10000] [--minutes 10]
// Ends with 1 if a seed failed, or if the time did not suffice.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { runSwarm } from "../simulator/swarm/index.js";

const Amount = z.coerce.number().int().positive();
const Wanted = z.strictObject({ from: Amount.default(1), seeds: Amount.default(10_000), minutes: Amount.default(10) });
type Wanted = z.infer<typeof Wanted>;
const Told = z.object({ ran: z.number(), failures: z.number() });
type Told = z.infer<typeof Told>;

/** One core's part: every `step`th seed. */
const Part = z.object({ first: Amount, last: Amount, step: Amount, budgetMs: Amount });
type Part = z.infer<typeof Part>;

function* seedsOf({ first, last, step }: Part): Generator<number> {
  for (let seed = first; seed <= last; seed += step) yield seed;
}

async function runPart(part: Part): Promise<Told> {
  const { ran, failures } = await runSwarm({
    seeds: seedsOf(part),
    budgetMs: part.budgetMs,
    now: () => performance.now(),
    onFailure: ({ seed, findings }) => process.stdout.write(`seed ${seed}\n  ${findings.join("\n  ")}\n`),
  });
  return { ran, failures: failures.length };
}

function inProcess(part: Part): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(part)]);
    child.once("message", (told) => resolve(Told.parse(told)));
    child.once("exit", (code) => reject(new Error(`a part ended with ${code}`)));
  });
}

function wanted(): Wanted | undefined {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ strict: false, options: { from: text, seeds: text, minutes: text } });
  const { data } = Wanted.safeParse(values);
  if (!data) process.stderr.write("usage: npm run soak -- [--from 1] [--seeds 10000] [--minutes 10]\n");
  return data;
}

async function main({ from, seeds: count, minutes }: Wanted): Promise<void> {
  const budgetMs = minutes * 60_000;
  const began = performance.now();
  const step = availableParallelism();
  const parts = Array.from({ length: step }, (_, index) => ({
    first: from + index,
    last: from + count - 1,
    step,
    budgetMs,
  }));
  const told = await Promise.all(parts.map(inProcess));
  const ran = told.reduce((sum, part) => sum + part.ran, 0);
  const failures = told.reduce((sum, part) => sum + part.failures, 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  process.stdout.write(`${ran} of ${count} seeds in ${seconds} s on ${step} cores: ${failures} failed\n`);
  process.exitCode = failures > 0 || ran < count ? 1 : 0;
}

const [part] = process.argv.slice(2);
if (process.send && part !== undefined) process.send(await runPart(Part.parse(JSON.parse(part))));
else {
  const asked = wanted();
  if (asked) await main(asked);
  else process.exitCode = 2;
}
