/** The report page's own styles: light and dark, from a phone's width on. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #17191c; --soft: #5d646d; --faint: #8b929b; --line: #e4e2db; --band: #17191c09;
  --good: #0a7d4f; --good-wash: #e3f3ea; --bad: #b8261c; --bad-wash: #fbe7e4; --warn: #96600a; --warn-wash: #faf0d9;
  --c1: #2563d9; --c2: #0d9668; --c3: #d9730d; --c4: #8b46d2; --c5: #c2256b; --c6: #0e8fa8; --c7: #7a6a00; --c8: #4b5563; --c9: #b4451f;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101214; --card: #191c1f; --ink: #eceef0; --soft: #a3abb4; --faint: #767f89; --line: #2a2e33; --band: #ffffff0a;
    --good: #4ad295; --good-wash: #12301f; --bad: #ff8a7d; --bad-wash: #3a1814; --warn: #f1bf5b; --warn-wash: #33270d;
    --c1: #6ea3ff; --c2: #43cf9a; --c3: #ffa357; --c4: #bd8cff; --c5: #ff7db0; --c6: #55cfe6; --c7: #d9c64a; --c8: #a8b3c1; --c9: #ff9470;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 64px; }
h1, h2, h3, p { margin: 0; }
h2 { font-size: 13px; font-weight: 650; letter-spacing: .01em; }
.note { color: var(--soft); font-size: 13px; }
.top { display: flex; justify-content: space-between; align-items: baseline; gap: 16px; flex-wrap: wrap; color: var(--soft); font-size: 13px; }
.mark { font-weight: 700; color: var(--ink); letter-spacing: -.01em; font-size: 15px; }
.mark::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--tone); margin-right: 8px; }
.passed { --tone: var(--good); --wash: var(--good-wash); } .failed { --tone: var(--bad); --wash: var(--bad-wash); } .interrupted { --tone: var(--warn); --wash: var(--warn-wash); }
.verdict { margin: 44px 0 36px; }
.verdict .tag { display: inline-block; padding: 3px 11px; border-radius: 99px; background: var(--wash); color: var(--tone); font-weight: 650; font-size: 13px; margin-bottom: 14px; }
.verdict h1 { font-size: clamp(34px, 6.4vw, 60px); line-height: 1.04; letter-spacing: -.035em; font-weight: 720; }
.verdict p { font-size: clamp(16px, 2.1vw, 19px); color: var(--soft); margin-top: 14px; max-width: 46em; text-wrap: pretty; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; margin-bottom: 20px; }
.figure { background: var(--card); padding: 16px 18px 15px; }
.figure b { display: block; font-size: 27px; line-height: 1.15; letter-spacing: -.025em; font-weight: 680; white-space: nowrap; }
.figure b small { font-size: 15px; font-weight: 500; color: var(--faint); letter-spacing: 0; }
.figure span { color: var(--soft); font-size: 13px; }
.figure.off b { color: var(--bad); }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px 20px; min-width: 0; }
.wide { grid-column: 1 / -1; }
.card > header { display: flex; justify-content: space-between; align-items: baseline; gap: 6px 16px; flex-wrap: wrap; margin-bottom: 14px; }
.chart { position: relative; min-height: 240px; }
.chart:empty::after { content: "This chart needs JavaScript; the figures are in report.json."; color: var(--faint); font-size: 13px; }
.u-legend { font: 12.5px/1.5 var(--sans); font-variant-numeric: tabular-nums; color: var(--soft); text-align: left !important; margin-top: 6px; }
.u-legend th { font-weight: 500; color: var(--ink); } .u-legend .u-marker { border-radius: 3px; width: 11px; height: 11px; }
.u-legend .u-series > * { padding: 1px 4px; } .u-legend td { border: 0; padding: 0; vertical-align: middle; }
.u-legend.u-inline tbody { display: flex; flex-wrap: wrap; } .u-legend .u-series:first-child { order: 1; }
.chart:not(:hover) .u-legend :is(.u-value, .u-series:first-child) { visibility: hidden; }
.chart:not(:hover) .u-legend.u-live.u-inline th::after { content: ""; }
.scroll { overflow-x: auto; margin: 0 -20px; padding: 0 20px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; color: var(--faint); font-weight: 500; font-size: 12.5px; padding: 0 14px 8px 0; white-space: nowrap; }
td { padding: 8px 14px 8px 0; border-top: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; white-space: nowrap; } .strong { font-weight: 600; }
td .note { display: block; }
.span { position: relative; min-width: 190px; height: 22px; }
.span i { position: absolute; top: 50%; left: var(--a); right: calc(100% - var(--b)); height: 8px; margin-top: -4px; border-radius: 4px; background: color-mix(in srgb, var(--c1) 26%, transparent); }
.span i + i { background: var(--c1); }
.span em { position: absolute; top: 50%; left: var(--a); width: 2px; height: 14px; margin: -7px 0 0 -1px; border-radius: 1px; background: var(--ink); }
.key { display: inline-flex; align-items: center; gap: 6px; margin-left: 14px; } .key:first-child { margin-left: 0; }
.key::before { content: ""; width: 14px; height: 8px; border-radius: 4px; background: var(--c1); } .key.pale::before { background: color-mix(in srgb, var(--c1) 26%, transparent); } .key.tick::before { width: 2px; height: 13px; background: var(--ink); }
.checks { list-style: none; margin: 0; padding: 0; }
.checks > li { display: grid; grid-template-columns: 22px minmax(0, 1fr); gap: 0 10px; padding: 11px 0; border-top: 1px solid var(--line); }
.checks > li:first-child { border-top: 0; padding-top: 0; } .checks > li:last-child { padding-bottom: 0; }
.dot { width: 20px; height: 20px; border-radius: 50%; margin-top: 1px; display: grid; place-items: center; font-size: 12px; font-weight: 700; background: var(--good-wash); color: var(--good); }
.dot.no { background: var(--bad-wash); color: var(--bad); }
.checks .note { text-wrap: pretty; }
.found { margin: 8px 0 0; padding: 10px 12px; background: var(--bad-wash); border-radius: 8px; font-size: 13px; list-style: none; overflow-wrap: anywhere; }
.found li { padding: 2px 0; }
.two { columns: 2; column-gap: 40px; } .two > li { break-inside: avoid; } .two > li:first-child { border-top: 1px solid var(--line); padding-top: 11px; }
.bars { display: grid; gap: 12px; }
.bar { font-size: 14px; } .bar > div { display: flex; justify-content: space-between; gap: 12px; }
.bar i { display: block; height: 8px; border-radius: 4px; background: var(--bad); width: var(--w); min-width: 4px; margin-top: 4px; }
.calm { display: flex; gap: 12px; align-items: center; padding: 6px 0 2px; }
.quote { border-left: 3px solid var(--line); padding-left: 12px; margin-top: 14px; font-size: 14px; }
.quote q { quotes: "\\201C" "\\201D"; }
.gantt { display: grid; gap: 9px; font-size: 13.5px; }
.gantt > div { display: grid; grid-template-columns: minmax(150px, 250px) minmax(0, 1fr) 80px; gap: 14px; align-items: center; }
.gantt i { display: block; height: 10px; border-radius: 5px; background: var(--c1); margin-left: var(--a); width: var(--w); min-width: 5px; } .gantt i.fault { background: var(--bad); }
pre { margin: 10px 0 0; padding: 12px 14px; border-radius: 9px; background: var(--paper); border: 1px solid var(--line); font: 13px/1.55 var(--mono); overflow-x: auto; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 18px; margin: 0; font-size: 14px; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 760px) {
  main { padding: 18px 14px 48px; } .grid { grid-template-columns: minmax(0, 1fr); gap: 14px; } .verdict { margin: 30px 0 24px; }
  .figures { grid-template-columns: repeat(2, 1fr); } .figure { padding: 13px 14px; } .figure b { font-size: 23px; }
  .figures .figure:last-child:nth-child(odd) { grid-column: 1 / -1; }
  .card { padding: 16px 15px 17px; } .scroll { margin: 0 -15px; padding: 0 15px; } .two { columns: 1; }
  td .note { display: none; }
  .gantt > div { grid-template-columns: minmax(0, 1fr) max-content; gap: 3px 12px; } .gantt .track { grid-column: 1 / -1; grid-row: 2; }
}
@media print { body { background: #fff; } .card, .figures { break-inside: avoid; } }
`;
