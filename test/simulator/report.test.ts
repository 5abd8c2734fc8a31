import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Report, verdictTable, writeReports } from "../../simulator/index.js";
import { reportHtml } from "../../simulator/report/html.js";
import { junitXml } from "../../simulator/report/junit.js";
import { hostileReport, sampleReport } from "./helpers/report.js";

/** The page without the text of its scripts and styles. */
const markupOf = (page: string): string => page.replace(/(<(script|style)[^>]*>)[\s\S]*?(<\/\2>)/g, "$1$3");

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
