import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Report, verdictLines, verdictTable, writeReports } from "../../simulator/index.js";
import { reportHtml } from "../../simulator/report/html.js";
import { junitXml } from "../../simulator/report/junit.js";
import { time } from "../../simulator/report/numbers.js";
import { summaryOf } from "../../simulator/report/summary.js";
import { hostileReport, sampleReport } from "./helpers/report.js";

/** The page without the text of its scripts and styles. */
const markupOf = (page: string): string => page.replace(/(<(script|style)[^>]*>)[\s\S]*?(<\/\2>)/g, "$1$3");

it.each([
  [0.94, "0.9 ms"],
  [999.4, "999 ms"],
  [3_060, "3.06 s"],
  [119_600, "2 min 0 s"],
  [125_000, "2 min 5 s"],
  [3_599_600, "1 h 0 min"],
  [86_520_000, "24 h 2 min"],
])("%d ms are written as %s", (ms, text) => {
  expect(time(ms)).toBe(text);
});

describe("the verdict in words", () => {
  const phase = { name: "enrol", title: "devices boot", at: 0, durationMs: 3_000, expected: 3, done: 2 };
  const restart = { ...phase, name: "restart", expected: 3, done: 1 };

  it("counts who got there within the phase, not who came later", () => {
    const { sentence } = summaryOf(sampleReport({ phases: [phase, restart] }));
    expect(sentence).toContain("2 of 3 devices enrolled within 3.00 s, 1 of 3 came back from their disks");
  });

  it("speaks of one device as of one", () => {
    const populations = sampleReport().populations.map((row) => ({ ...row, count: 1 }));
    const { sentence } = summaryOf(sampleReport({ populations, phases: [{ ...phase, expected: 1, done: 1 }] }));
    expect(sentence).toMatch(/^The device enrolled/);
  });
});

describe("the report page", () => {
  it("says the verdict first and everything that was found", () => {
    const page = markupOf(reportHtml(sampleReport()));
    const text = page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
    for (const part of [
      "This rollout does not hold",
      "sites/0001",
      "is wrong",
      "connect timeout",
      "used up",
      "exchange.p99 &lt; 2s",
    ]) {
      expect(text).toContain(part);
    }
    expect(text.indexOf("This rollout does not hold")).toBeLessThan(text.indexOf("Latency by step"));
  });

  it("needs nothing but itself: it loads no file and forbids requests", () => {
    const page = reportHtml(sampleReport());
    const markup = markupOf(page);
    expect(markup).not.toMatch(/<(link|script|img|iframe|object|embed)[^>]+(src|href)\s*=\s*["'](?!data:)/);
    expect(page).not.toMatch(/url\(\s*["']?https?:|@import|\bfetch\(|XMLHttpRequest|\bimport\(/);
    expect(markup).toContain("default-src 'none'");
    expect(page).toContain("uPlot");
  });

  it("shows hostile text as text", () => {
    const clean = reportHtml(sampleReport());
    const page = reportHtml(hostileReport());
    const count = (text: string, part: RegExp): number => text.match(part)?.length ?? 0;
    expect(count(page, /<script/g)).toBe(count(clean, /<script/g));
    expect(count(page, /<\/script/g)).toBe(count(clean, /<\/script/g));
    expect(page).not.toContain("<img");
    const [, data = ""] = /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(data).phases[0].title).toBe(hostileReport().phases[0]?.title);
  });

  it.each(["passed", "failed", "interrupted"] as const)(
    "can be drawn for a run that %s with nothing measured",
    (verdict) => {
      const nothing = {
        bucketMs: 50,
        arrivals: [],
        enrolled: [],
        restarted: [],
        heartbeats: [],
        failures: [],
        online: [],
      };
      const page = reportHtml(
        sampleReport({ verdict, phases: [], latencies: [], series: nothing, failures: [], thresholds: [] }),
      );
      expect(page).toContain(`<main class="${verdict}">`);
      expect(markupOf(page)).not.toMatch(/NaN|Infinity|undefined/);
      expect(markupOf(page)).not.toMatch(/p95|Percentiles/);
    },
  );
});

describe("the verdict on a terminal", () => {
  it.each([sampleReport(), hostileReport()])("is plain lines of at most 100 columns", (report) => {
    const lines = verdictTable(report);
    for (const line of lines) {
      expect([...line].length).toBeLessThanOrEqual(100);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
    expect(lines[0]).toBe("FAILED  This rollout does not hold");
    expect(lines.join("\n")).toContain("FAIL");
  });
});

describe("junit.xml", () => {
  it("has a case for each promise and threshold, and fails those that did not hold", () => {
    const xml = junitXml(sampleReport());
    expect(xml).toContain('tests="4" failures="1"');
    expect(xml).toContain('<testcase classname="promises" name="broken"><failure message="sites/0001: is wrong">');
  });

  it("stays well-formed with hostile text", () => {
    const xml = junitXml(hostileReport());
    expect(xml).not.toMatch(/<(?!\/?(testsuites?|testcase|failure)\b|\?xml)/);
    expect(xml.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("writing the reports", () => {
  it("leaves three whole files and nothing else", async () => {
    const directory = await mkdtemp(join(tmpdir(), "firstboot-report-"));
    await writeReports(sampleReport(), directory);
    expect((await readdir(directory)).sort()).toEqual(["junit.xml", "report.html", "report.json"]);
    expect(Report.parse(JSON.parse(await readFile(join(directory, "report.json"), "utf8")))).toEqual(sampleReport());
    await writeFile(join(directory, "file"), "");
    await expect(writeReports(sampleReport(), join(directory, "file"))).rejects.toMatchObject({ code: "FB1002" });
    await rm(directory, { recursive: true });
  });
});

it("the terminal's table says below a phase what else there is to say, and which refusals were expected", () => {
  const [enrol] = sampleReport().phases;
  const [refusal] = sampleReport().refusals;
  if (!enrol || !refusal) throw new Error("the sample has a phase and a refusal");
  const lines = verdictTable(
    sampleReport({
      phases: [
        { ...enrol, heldBackMs: 4_000 },
        { ...enrol, name: "approve", note: "Approved: a, b and 3 more" },
      ],
      refusals: [refusal, { ...refusal, expected: false, count: 2, device: "sites/0001" }],
    }),
  );
  const at = lines.indexOf("Phases");
  expect(lines[at + 2]).toMatch(/^ {4}Some boots waited up to 4\.00 s/);
  expect(lines.slice(at + 3, at + 5)).toEqual([
    "  approve  3/3  3.00 s  devices boot",
    "    Approved: a, b and 3 more",
  ]);
  expect(lines).toContain("  1 ×  expected      401 used up  sites/0003");
  expect(lines).toContain("  2 ×  not expected  401 used up  sites/0001");
});

describe("the report of a virtual run", () => {
  const virtual = { hash: "0123456789abcdef", events: 12_500, virtualMs: 86_520_000, tookMs: 4_120 };
  const report = sampleReport({ virtual });

  it("says so everywhere, with both times and the command that repeats it", () => {
    const page = markupOf(reportHtml(report, "out/report.json"));
    const table = verdictTable(report, "out/report.json");
    for (const text of [page, table.join(" ").replace(/\s+/g, " ")]) {
      expect(text).toContain("A virtual run: 24 h 2 min of virtual time in 4.12 s.");
      expect(text).toContain("hash 0123456789abcdef");
      expect(text).toContain("npx firstboot replay out/report.json");
    }
    expect(page).toContain("virtual world</span>");
    expect(page).not.toMatch(/firstboot simulate|2026-01-02/);
    expect(table.join("\n")).not.toContain("Replay with seed");
    expect(verdictLines(report).join("\n")).not.toContain("firstboot replay");
  });

  it("gives a command that a shell takes, whole, wherever the report lies", () => {
    const file = `${"deep/".repeat(30)}it's here/report.json`;
    expect(verdictTable(report, file).at(-1)).toMatch(
      / npx firstboot replay '(deep\/){30}it'\\''s here\/report\.json'$/,
    );
  });

  it("tells systems that show tests how long they waited", () => {
    expect(junitXml(report)).toContain('time="4.120"');
  });

  it("is read again as it was written, scenario and inputs included", () => {
    const scenario = {
      name: "tiny",
      populations: [{ name: "a", kind: "newt" as const, count: 1, key: {}, blueprint: "b.yaml" }],
      phases: { enrol: { over: "0s", within: "5s" } },
    };
    const whole = { ...report, scenario, inputs: { "b.yaml": "private-resources: {}" } };
    expect(Report.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(Report.safeParse({ ...whole, virtual: { ...virtual, hash: "short" } }).success).toBe(false);
  });
});
