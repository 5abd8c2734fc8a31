import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { benchDemo } from "./flows/demo.js";
import { benchExchange } from "./flows/exchange.js";
import { benchProvider } from "./flows/provider.js";
import { benchStart } from "./flows/start.js";
import { benchVirtual } from "./flows/virtual.js";
import { benchFunctions } from "./functions/index.js";
import { thisMachine } from "./machine.js";
import { benchmarksPage } from "./page.js";
import type { BenchResults } from "./results.js";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const results: BenchResults = {
  takenAt: new Date().toISOString(),
  machine: thisMachine(),
  functions: await benchFunctions(),
  flows: [
    await benchDemo(300, 3, "at most 60 s"),
    await benchDemo(2_000, 1, "passes"),
    await benchStart(),
    ...(await benchProvider()),
    await benchExchange("off"),
    await benchExchange("development"),
    ...(await benchVirtual()),
  ],
};

writeFileSync(file("results.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(file("../docs/benchmarks.md"), benchmarksPage(results));
process.stdout.write(benchmarksPage(results));
