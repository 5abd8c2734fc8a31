import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { html, jsonForScript, Markup } from "./markup.js";
import type { Report } from "./schema.js";
import { script } from "./script.js";
import {
  checks,
  failures,
  figures,
  footer,
  header,
  latencies,
  percentiles,
  phases,
  populations,
  thresholds,
} from "./sections.js";
import { style } from "./style.js";
import { summaryOf } from "./summary.js";

const require = createRequire(import.meta.url);

/** A file of the chart library, as it goes into the page. */
function library(name: string): Markup {
  return new Markup(readFileSync(require.resolve(`uplot/dist/${name}`), "utf8"));
}

/** A run as one page that needs nothing else: no request leaves it. `file` is where report.json lies. */
export function reportHtml(report: Report, file = "report.json"): string {
  const summary = summaryOf(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${report.name}: ${report.verdict}</title>
<link rel="icon" href="data:,">
<style>${library("uPlot.min.css")}${new Markup(style)}</style>
</head>
<body>
<main class="${report.verdict}">
${header(report, summary)}
${figures(report, summary)}
<div class="grid">
<section class="card wide"><header><h2>The fleet over time</h2><span class="note">Open channels, and heartbeats answered each second</span></header><div class="chart" id="channels"></div></section>
<section class="card"><header><h2>Arrivals and enrolments</h2><span class="note">Devices that have booted, and that are enrolled</span></header><div class="chart" id="enrolment"></div></section>
${phases(report)}
${latencies(report)}
${percentiles(report)}
${checks(report)}
${thresholds(report)}
${failures(report)}
${populations(report)}
${footer(report, file)}
</div>
</main>
<script type="application/json" id="data">${jsonForScript({ series: report.series, phases: report.phases, latencies: report.latencies })}</script>
<script>${library("uPlot.iife.min.js")}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}
