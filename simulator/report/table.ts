import { commandOf, traceOf } from "./again.js";
import { notesOn } from "./notes.js";
import { counted, number, time } from "./numbers.js";
import type { Report } from "./schema.js";
import { summaryOf } from "./summary.js";

const width = 100;

/** The verdict as plain lines for a terminal, at most 100 columns wide. */
export function verdictLines(report: Report): string[] {
  const { headline, sentence } = summaryOf(report);
  const sections = [
    [`${report.verdict.toUpperCase()}  ${headline}`, ...wrapped(sentence, "  ")],
    phaseLines(report),
    section("Latency", latencyRows(report)),
    promiseLines(report),
    section(
      "Thresholds",
      report.thresholds.map(({ held, text, actual }) => [mark(held), text, actual]),
    ),
    section(
      "Failures",
      report.failures.map(({ kind, count, example }) => [String(count), kind, example]),
    ),
    section(
      "Refusals",
      report.refusals.map(({ status, reason, count, device, expected }) => [
        `${number(count)} ×`,
        expected ? "expected" : "not expected",
        `${status} ${reason}`,
        device,
      ]),
    ),
    section(
      "Notices",
      (report.notices ?? []).map(({ message, count }) => [`${number(count)} ×`, message]),
    ),
    virtualLines(report),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]))
    .map(fitting);
}

/** The verdict's lines, and how to see the run again; `file` is where report.json lies. */
export function verdictTable(report: Report, file = "report.json"): string[] {
  // A command that is cut off is none.
  const again = report.virtual
    ? oneLine(`${report.interrupted ? "Run it to its end" : "Replay it exactly"} with ${commandOf(report, file)}`)
    : fitting(`Replay with seed ${report.seed}`);
  return [...verdictLines(report), "", again];
}

const mark = (held: boolean): string => (held ? "ok" : "FAIL");

/** Text of others cannot move the cursor or break a line. */
const oneLine = (line: string): string => line.replace(/\p{Cc}/gu, " ").trimEnd();
const fitting = (line: string): string => oneLine(line).slice(0, width);

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [title, ...aligned(rows)];
}

/** A section with lines of its own below a row. */
function annotated(
  title: string,
  rows: readonly (readonly string[])[],
  notes: readonly (readonly string[])[],
): string[] {
  const [heading, ...lines] = section(title, rows);
  if (heading === undefined) return [];
  const below = notes.map((texts) => texts.flatMap((text) => wrapped(text, "    ")));
  return [heading, ...lines.flatMap((line, index) => [line, ...(below[index] ?? [])])];
}

function phaseLines({ phases }: Report): string[] {
  const rows = phases.map(({ name, title, done, expected, durationMs }) => [
    name,
    expected > 0 ? `${number(done)}/${number(expected)}` : "",
    time(durationMs),
    title,
  ]);
  return annotated("Phases", rows, phases.map(notesOn));
}

function promiseLines({ invariants }: Report): string[] {
  const rows = invariants.map(({ held, name, count }) => [
    mark(held),
    name,
    held ? "" : `broken ${counted(count, "time")}`,
  ]);
  const found = invariants.map(({ violations }) =>
    violations.slice(0, 3).map(({ device, detail }) => `${device ?? "fleet"}: ${detail}`),
  );
  return annotated("Promises", rows, found);
}

function latencyRows({ latencies }: Report): string[][] {
  if (latencies.length === 0) return [];
  const rows = latencies.map(({ step, count, p50, p95, p99, max }) => [
    step,
    number(count),
    ...[p50, p95, p99, max].map(time),
  ]);
  return [["step", "times", "p50", "p95", "p99", "max"], ...rows];
}

function virtualLines({ virtual }: Report): string[] {
  return virtual ? ["Virtual world", `  ${traceOf(virtual)}`] : [];
}

/** Columns as wide as their widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`);
}

function wrapped(text: string, indent: string): string[] {
  const lines = [indent];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? indent;
    const next = last.trim() === "" ? `${indent}${word}` : `${last} ${word}`;
    if (next.length > width && last.trim() !== "") lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = next;
  }
  return lines;
}
