import type { BenchResults, FlowResult } from "./results.js";

/** docs/benchmarks.md, made from the results alone. */
export function benchmarksPage({ takenAt, machine, functions, flows }: BenchResults): string {
  const { cpu, cores, memoryGiB, kernel, node } = machine;
  return `${[
    "# Benchmarks",
    "",
    "Made by `npm run bench` from `bench/results.json`; do not edit by hand.",
    "",
    `Taken ${takenAt.slice(0, 10)} on ${cores} cores (${cpu}), ${memoryGiB} GiB, Linux ${kernel}, Node ${node}. The cores are shared with other work on the same host: compare ratios, not single figures.`,
    "",
    "## Whole flows",
    "",
    "| flow | median | least | most | runs | goal |",
    "|---|--:|--:|--:|--:|---|",
    ...flows.map(flowRow),
    "",
    ...flows.flatMap(({ name, method }) => [`**${name}.** ${method}`, ""]),
    "## Functions",
    "",
    "Each by tinybench for one second after its warm-up.",
    "",
    "| function | per second | median µs | p99 µs |",
    "|---|--:|--:|--:|",
    ...functions.map(
      ({ name, perSecond, medianMicroseconds, p99Microseconds }) =>
        `| ${name} | ${figure(perSecond)} | ${figure(medianMicroseconds)} | ${figure(p99Microseconds)} |`,
    ),
  ].join("\n")}\n`;
}

function flowRow({ name, unit, runs, goal = "" }: FlowResult): string {
  const sorted = [...runs].sort((a, b) => a - b);
  const at = (index: number): string => `${figure(sorted[index] ?? Number.NaN)} ${unit}`;
  return `| ${name} | ${at(Math.floor(sorted.length / 2))} | ${at(0)} | ${at(sorted.length - 1)} | ${sorted.length} | ${goal} |`;
}

/** Three significant digits, with thousands apart. */
function figure(value: number): string {
  const rounded = value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString("en-GB", { maximumFractionDigits: 3 });
}
