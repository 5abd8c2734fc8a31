import type { Context } from "hono";
import { html } from "hono/html";
import type { Services } from "../services.js";
import type { Env } from "./env.js";

const style = html`<style>
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 4rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.5rem; margin: 0; }
  p { opacity: .7; margin: .25rem 0 2rem; }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 0; }
  div { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
  dt { opacity: .7; font-size: .875rem; }
  dd { margin: 0; font-size: 2rem; font-variant-numeric: tabular-nums; }
</style>`;

/** GET /: what a person sees who opens the origin. Counts only. */
export async function statusPage({ store, newts, devices, version }: Services, c: Context<Env>): Promise<Response> {
  const counts = await store.counts();
  const figures: readonly (readonly [string, number])[] = [
    ["Provisioning keys", counts.keys],
    ["Sites", counts.sites],
    ["Sites online", newts.size],
    ["Sites pending", counts.pendingSites],
    ["Devices", counts.devices],
    ["Devices online", devices.size],
  ];
  const list = figures.map(([name, count]) => html`<div><dt>${name}</dt><dd>${count}</dd></div>`);
  c.header("cache-control", "no-store");
  return c.html(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>firstboot control plane</title>
${style}
</head>
<body>
<main>
<h1>firstboot control plane</h1>
<p>Version ${version}. Reload for newer counts.</p>
<dl>${list}</dl>
</main>
</body>
</html>`);
}
