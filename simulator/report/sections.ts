import { commandOf, timesOf, traceOf } from "./again.js";
import { faultsOf } from "./faults.js";
import { html, type Markup } from "./markup.js";
import { notesOn } from "./notes.js";
import { counted, number, time } from "./numbers.js";
import type { Report } from "./schema.js";
import type { Summary } from "./summary.js";

const stepTitles: Readonly<Record<string, string>> = {
  exchange: "key or code for credentials",
  persist: "credentials safe on disk",
  token: "session token",
  connect: "channel open and authenticated",
  blueprint: "sent to answered",
  heartbeat: "there and back",
  tunnel: "a place at an exit node",
  command: "health check, there and back",
  provision: "first boot to online",
  restart: "next boot to online",
};

export function header({ name, verdict, startedAt, seed, virtual }: Report, { headline, sentence }: Summary): Markup {
  const when = virtual ? "virtual world" : `${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  return html`<div class="top"><span class="mark">firstboot</span><span>${name} · seed ${seed} · ${when}</span></div>
<section class="verdict"><span class="tag">${verdict}</span><h1>${headline}</h1><p>${sentence}</p></section>`;
}

export function figures(report: Report, summary: Summary): Markup {
  const { latencies, phases, failures, invariants, durationMs, virtual } = report;
  const { devices, enrolled, restarted } = summary;
  const provision = latencies.find(({ step }) => step === "provision");
  const enrol = phases.find((phase) => phase.name === "enrol");
  const rate = enrol && enrol.durationMs > 0 ? enrolled / (enrol.durationMs / 1_000) : 0;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  const kept = invariants.filter(({ held }) => held).length;
  const part = (done: number, of: number) => html`${number(done)}<small> / ${number(of)}</small>`;
  const rows: (readonly [Markup | string, string, boolean])[] = [
    [part(enrolled, devices), "devices enrolled", enrolled < devices],
    [html`${rate.toFixed(rate < 10 ? 1 : 0)}<small> /s</small>`, "enrolments, on average", false],
    ...(provision ? [[figure(provision.p95), "first boot to online, p95", false] as const] : []),
    ...(restarted > 0 ? [[part(restarted, enrolled), "restarted from disk", restarted < enrolled] as const] : []),
    [part(kept, invariants.length), "promises kept", kept < invariants.length],
    [number(failed), failed === 1 ? "failed try of a step" : "failed tries of a step", false],
    [figure(durationMs), virtual ? `the whole run, in ${time(virtual.tookMs)}` : "the whole run", false],
  ];
  return html`<section class="figures">${rows.map(([value, label, off]) => html`<div class="figure${off ? " off" : ""}"><b>${value}</b><span>${label}</span></div>`)}</section>`;
}

/** A time with its first number large. */
function figure(ms: number): Markup {
  const [first = "", ...rest] = time(ms).split(" ");
  return html`${first}<small> ${rest.join(" ")}</small>`;
}

/** Faults that a page shows. */
const shownFaults = 12;

function faultRows(report: Report, share: (ms: number) => string): Markup {
  const faults = faultsOf(report);
  const rows = faults.slice(0, shownFaults).map(({ name, detail, at, lasts, began }) => {
    const note = [...(detail ? [detail] : []), ...(began ? [] : ["never came: the run was over"])].join(". ");
    const length = Math.max(0, Math.min(lasts, report.durationMs - at));
    const track = began ? html`<i class="fault" style="--a:${share(at)};--w:${share(length)}"></i>` : "";
    return html`<div><span>${name}<br><span class="note">${note}</span></span><span class="track">${track}</span><span class="n">at ${time(at)}</span></div>`;
  });
  const more = faults.length - rows.length;
  return html`${rows}${more > 0 ? html`<div><span class="note">and ${counted(more, "fault")} more</span></div>` : ""}`;
}

export function phases(report: Report): Markup {
  const { phases, durationMs } = report;
  const share = (ms: number) => `${((100 * ms) / Math.max(1, durationMs)).toFixed(2)}%`;
  const note = (phase: Report["phases"][number]): string => {
    const { expected, done } = phase;
    return [...(expected > 0 ? [`${number(done)} of ${number(expected)}`] : []), ...notesOn(phase)].join(". ");
  };
  return html`<section class="card"><header><h2>What happened when</h2><span class="note">${time(durationMs)} in all</span></header><div class="gantt">${phases.map(
    (phase) =>
      html`<div><span>${phase.title}<br><span class="note">${note(phase)}</span></span><span class="track"><i style="--a:${share(phase.at)};--w:${share(phase.durationMs)}"></i></span><span class="n">${time(phase.durationMs)}</span></div>`,
  )}${faultRows(report, share)}</div></section>`;
}

export function latencies({ latencies }: Report): Markup {
  if (latencies.length === 0) return html``;
  const low = Math.min(...latencies.map(({ p50 }) => p50)) * 0.7;
  const high = Math.max(...latencies.map(({ max }) => max)) * 1.1;
  const position = (ms: number) => `${((100 * Math.log(Math.max(low, ms) / low)) / Math.log(high / low)).toFixed(1)}%`;
  return html`<section class="card wide"><header><h2>Latency by step</h2><span class="note"><span class="key tick">median</span><span class="key">to p95</span><span class="key pale">to the slowest</span></span></header><div class="scroll"><table>
<tr><th>Step</th><th class="n">Times</th><th class="n">p50</th><th class="n">p95</th><th class="n">p99</th><th class="n">max</th><th>Logarithmic scale</th></tr>
${latencies.map(
  ({ step, count, p50, p95, p99, max }) =>
    html`<tr><td><span class="strong">${step}</span><span class="note">${stepTitles[step] ?? ""}</span></td><td class="n">${number(count)}</td><td class="n">${time(p50)}</td><td class="n">${time(p95)}</td><td class="n strong">${time(p99)}</td><td class="n">${time(max)}</td><td><div class="span"><i style="--a:${position(p50)};--b:${position(max)}"></i><i style="--a:${position(p50)};--b:${position(p95)}"></i><em style="--a:${position(p50)}"></em></div></td></tr>`,
)}</table></div></section>`;
}

export function percentiles({ latencies }: Report): Markup {
  if (latencies.length === 0) return html``;
  return html`<section class="card wide"><header><h2>Percentiles</h2><span class="note">How long each step took, from the fastest device to the slowest</span></header><div class="chart" id="latency"></div></section>`;
}

const dot = (held: boolean): Markup => html`<span class="dot${held ? "" : " no"}">${held ? "✓" : "✕"}</span>`;

export function checks({ invariants }: Report): Markup {
  return html`<section class="card wide"><header><h2>Promises</h2><span class="note">Judged from the devices' disks, their histories and the server together</span></header><ul class="checks two">${invariants.map(
    ({ name, promise, held, count, violations }) =>
      html`<li>${dot(held)}<div><span class="strong">${name}</span><div class="note">${promise}</div>${
        held
          ? ""
          : html`<ul class="found">${violations.slice(0, 8).map(({ device, at, detail }) => html`<li>${device ? html`<b>${device}</b> ` : ""}${detail}${at === undefined ? "" : ` at ${time(at)}`}</li>`)}${count > 8 ? html`<li>and ${number(count - 8)} more</li>` : ""}</ul>`
      }</div></li>`,
  )}</ul></section>`;
}

export function thresholds({ thresholds }: Report): Markup {
  const rows = thresholds.map(
    ({ text, held, actual }) =>
      html`<li>${dot(held)}<div style="display:flex;justify-content:space-between;gap:12px;flex-wrap:wrap"><span>${text}</span><span class="strong">${actual}</span></div></li>`,
  );
  return html`<section class="card"><header><h2>Thresholds</h2><span class="note">${thresholds.filter(({ held }) => held).length} of ${thresholds.length} hold</span></header><ul class="checks">${rows}</ul></section>`;
}

export function failures({ failures, refusals, notices = [] }: Report): Markup {
  const most = Math.max(1, ...failures.map(({ count }) => count));
  const list =
    failures.length === 0
      ? html`<div class="calm">${dot(true)}<span>No step failed, not even once.</span></div>`
      : html`<div class="bars">${failures.map(({ kind, count, example }) => html`<div class="bar"><div><span class="strong">${kind}</span><span>${number(count)}</span></div><span class="note">${example}</span><i style="--w:${((100 * count) / most).toFixed(1)}%"></i></div>`)}</div>`;
  return html`<section class="card"><header><h2>Failures and refusals</h2></header>${list}${refusals.map(
    ({ reason, status, count, device, expected }) =>
      html`<div class="quote"><q>${reason}</q><div class="note">status ${status} to ${count === 1 ? device : `${counted(count, "device")}, such as ${device}`}${expected ? ", as it should be: beyond the limit" : ", not expected"}</div></div>`,
  )}${notices.map(({ message, count }) => html`<div class="quote"><q>${message}</q><div class="note">noticed ${counted(count, "time")}</div></div>`)}</section>`;
}

export function populations({ populations }: Report): Markup {
  const hasTunnels = populations.some(({ tunnels }) => tunnels !== undefined);
  const head = hasTunnels ? html`<th class="n">At an exit node</th>` : "";
  const cell = (tunnels = 0): Markup | string => (hasTunnels ? html`<td class="n">${number(tunnels)}</td>` : "");
  return html`<section class="card wide"><header><h2>Populations</h2></header><div class="scroll"><table><tr><th>Name</th><th>Kind</th><th>Persona</th><th>Came with</th><th class="n">Devices</th><th class="n">Enrolled</th><th class="n">Restarted</th>${head}<th class="n">Beyond the limit</th></tr>${populations.map(
    (row) =>
      html`<tr><td class="strong">${row.name}</td><td>${row.kind}</td><td>${row.persona}</td><td>${row.source}</td><td class="n">${number(row.count)}</td><td class="n">${number(row.enrolled)}</td><td class="n">${number(row.restarted)}</td>${cell(row.tunnels)}<td class="n">${row.surplus === 0 ? "–" : `${row.refused} of ${row.surplus} refused`}</td></tr>`,
  )}</table></div></section>`;
}

export function footer(report: Report, file: string): Markup {
  const { seed, target, machine, startedAt, name, virtual } = report;
  const note = virtual
    ? "The same code and scenario give the same run, to the last event"
    : "The seed gives the same devices, arrivals and power cuts";
  const place = virtual
    ? html`<dt>Virtual world</dt><dd>${timesOf(virtual)}</dd><dt>Trace</dt><dd>${traceOf(virtual)}</dd>`
    : html`<dt>Target</dt><dd>${target.endpoint}, organisation ${target.org}</dd>`;
  const started = virtual ? html`` : html`<dt>Started</dt><dd>${startedAt}</dd>`;
  return html`<section class="card wide"><header><h2>How to see it again</h2><span class="note">${note}</span></header><dl><dt>Scenario</dt><dd>${name}</dd><dt>Seed</dt><dd>${seed}</dd>${place}<dt>Machine</dt><dd>${machine.platform}, ${counted(machine.cores, "core")}, Node ${machine.node}</dd>${started}</dl><pre>${commandOf(report, file)}</pre></section>`;
}
