// npm run bench -- [functions] [demo] [start] [provider] [exchange] [channels] [storm] [devices] [blueprints] [virtual] [day]
// [soak]: all of them, or those that are named; the others keep the figures of the last time.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { benchBlueprints } from "./flows/blueprints.js";
import { benchChannels } from "./flows/channels.js";
import { benchDemo } from "./flows/demo.js";
import { benchDevices } from "./flows/devices.js";
import { benchExchange } from "./flows/exchange.js";
import { benchProvider } from "./flows/provider.js";
import { benchStart } from "./flows/start.js";
import { benchStorm } from "./flows/storm.js";
import { benchDay, benchSoak, benchVirtual } from "./flows/virtual.js";
import { benchFunctions } from "./functions/index.js";
import { thisMachine } from "./machine.js";
import { benchmarksPage } from "./page.js";
import type { BenchResults, FlowResult } from "./results.js";

const flows: Readonly<Record<string, () => Promise<FlowResult[]>>> = {
  demo: async () => [await benchDemo(300, 3, "at most 60 s"), await benchDemo(2_000, 1, "passes")],
  start: async () => [await benchStart()],
  provider: benchProvider,
  exchange: async () => [...(await benchExchange("plain HTTP")), ...(await benchExchange("TLS"))],
  channels: async () => [...(await benchChannels("plain HTTP", 3)), ...(await benchChannels("TLS", 3))],
  storm: async () => [
    ...(await benchStorm({ kind: "plain HTTP", lost: 10_000, goal: "at most 60 s" }, 3)),
    // A generator on one of the server's own two cores shakes hands as slowly as the server does, and no faster.
    ...(await benchStorm({ kind: "TLS", lost: 2_500 }, 3)),
  ],
  devices: () => benchDevices(5_000, 2),
  blueprints: benchBlueprints,
  virtual: benchVirtual,
  day: benchDay,
  soak: benchSoak,
};

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const last: BenchResults = JSON.parse(readFileSync(file("results.json"), "utf8"));
const named = process.argv.slice(2);
const isWanted = (name: string): boolean => named.length === 0 || named.includes(name);

const measured: FlowResult[] = [];
for (const [name, measure] of Object.entries(flows)) if (isWanted(name)) measured.push(...(await measure()));
const isNew = new Set(measured.map(({ name }) => name));

const results: BenchResults = {
  takenAt: new Date().toISOString(),
  machine: thisMachine(),
  functions: isWanted("functions") ? await benchFunctions() : last.functions,
  flows: named.length === 0 ? measured : [...last.flows.filter(({ name }) => !isNew.has(name)), ...measured],
};

writeFileSync(file("results.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(file("../docs/benchmarks.md"), benchmarksPage(results));
process.stdout.write(benchmarksPage(results));
