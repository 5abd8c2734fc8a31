import { expect, onTestFinished, test } from "vitest";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { startControlPlane } from "../../src/testing/index.js";
import { apiKey, org, Plane, verdict } from "./plane.js";

/** `/metrics` as a peer gets it. */
async function scrape(
  { listener, origin }: Plane,
  { address = "127.0.0.1", ...headers }: { address?: string } & Record<string, string> = {},
) {
  const answer = await listener.request(new Request(`${origin}/metrics`, { headers }), { address });
  const body = await answer.text();
  return { status: answer.status, type: answer.headers.get("content-type"), headers: {}, body };
}

/** The value of a series, by its name and labels as they are written. */
function read(text: string, series: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

test("metrics are Prometheus' text, in which every series has a help and a type and stands once", async () => {
  const plane = await Plane.start();
  const { type, body } = await scrape(plane);
  expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = body.split("\n").filter((line) => line !== "");
  const samples = lines.filter((line) => !line.startsWith("#"));
  for (const line of samples) {
    const [, name = ""] =
      /^([a-z_][a-z0-9_]*)(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? -?[\d.e+-]+$/.exec(line) ?? [];
    const family = name.replace(/_(bucket|sum|count)$/, "");
    expect([line, lines.some((each) => each.startsWith(`# TYPE ${family} `))]).toEqual([line, true]);
    expect([line, lines.some((each) => each.startsWith(`# HELP ${family} `))]).toEqual([line, true]);
  }
  const series = samples.map((line) => line.slice(0, line.lastIndexOf(" ")));
  expect(new Set(series).size).toBe(series.length);
});

test("metrics tell what is there and what happened", async () => {
  const plane = await Plane.start();
  const key = await plane.key(2, false);
  const site = await plane.site(key);
  const newt = await plane.newt(site);
  newt.say('{"type":"newt/ping","data":{}}');
  await newt.hear("pong");
  const device = await plane.connected(await plane.device(await plane.code()));
  const stranger = await plane.tunnel();
  await plane.register("spk-aaaaaaaaaaaaaaa.wrong");

  const { body } = await scrape(plane);
  const values = Object.fromEntries(
    [
      'firstboot_channels{kind="newt"}',
      'firstboot_channels{kind="edgeflow"}',
      'firstboot_channels{kind="unauthenticated"}',
      "firstboot_provisioning_keys",
      'firstboot_sites{status="pending"}',
      'firstboot_sites{status="approved"}',
      "firstboot_devices",
      "firstboot_draining",
      'firstboot_newt_messages_total{type="newt/ping"}',
      'firstboot_http_request_seconds_count{method="post",route="/api/v1/auth/newt/register",status="2xx"}',
      'firstboot_http_request_seconds_count{method="post",route="/api/v1/auth/newt/register",status="4xx"}',
      'firstboot_http_request_seconds_count{method="upgrade",route="/api/v1/ws",status="1xx"}',
    ].map((series) => [series, read(body, series)]),
  );
  expect(Object.values(values)).toEqual([1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1]);
  expect(read(body, "firstboot_store_commit_commands_sum")).toBeGreaterThan(4);
  for (const { channel } of [newt, device, stranger]) channel.close();
});

test("metrics name nobody: no organisation, key, site, device, token or path as it was asked for", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const site = await plane.site(key, "a-site-with-a-name");
  const token = await plane.token(site);
  const device = await plane.device(await plane.code());
  await plane.api("GET", `/v1/org/${org}/device/${device.deviceId}`);
  await plane.api("GET", `/v1/org/${org}/sites?query=a-site-with-a-name`);
  await plane.send("GET", "/nowhere/a-strangers-path");
  await plane.client.network
    .connect(`${plane.origin.replace("http", "ws")}/elsewhere`, { timeoutMs: 5_000 })
    .catch(() => {});

  const { body } = await scrape(plane);
  const [keyId = "", secret = ""] = key.split(".");
  const named = [org, keyId, secret, site.newtId, site.secret, token, device.deviceId, device.apiKey];
  for (const name of [...named, "a-site-with-a-name", "a-strangers-path", "elsewhere"]) {
    expect(body.replace(/:org\b/g, "")).not.toContain(name);
  }
  expect(body).toContain('route="/v1/org/:org/device/:id"');
  expect(body).toContain('method="upgrade",route="unmatched"');
});

test("metrics are for loopback, and elsewhere for keys that reach every organisation", async () => {
  const plane = await Plane.start();
  const { apiKey: ofOne } = await plane.integration.createApiKey(org, { name: "one org", scopes: ["*"] });
  const bound = { authorization: `Bearer ${ofOne}` };
  const root = { authorization: `Bearer ${apiKey}` };
  const afar = "192.0.2.7";

  expect((await scrape(plane, { address: "::1" })).status).toBe(200);
  expect(verdict(await scrape(plane, { address: afar }))).toEqual({ status: 401, message: "API key required" });
  expect(verdict(await scrape(plane, { address: afar, authorization: "Bearer a.b" })).status).toBe(401);
  expect(verdict(await scrape(plane, { address: afar, ...bound })).status).toBe(403);
  expect((await scrape(plane, { address: afar, ...root })).status).toBe(200);
  // A proxy on the server's own machine speaks for others.
  expect(verdict(await scrape(plane, { "x-forwarded-for": afar })).status).toBe(401);
});

test("a request that is sent away while too many come is counted", async () => {
  const plane = await Plane.start();
  const site = await plane.site(await plane.key());
  const ask = () =>
    plane.listener.request(
      new Request(plane.origin + newtPaths.getToken, { method: "POST", body: JSON.stringify(site) }),
      { address: "127.0.0.1" },
    );
  const answers = await Promise.all(Array.from({ length: 1_010 }, ask));
  const away = answers.filter(({ status }) => status === 503).length;
  expect(away).toBeGreaterThan(0);
  expect(read((await scrape(plane)).body, 'firstboot_sent_away_total{reason="crowded"}')).toBe(away);
});

test("a server on this machine tells of its process too, and how many connections it takes", async () => {
  const plane = await startControlPlane({ tls: { kind: "off" }, limits: { connections: 50 } });
  onTestFinished(() => plane.close());
  const body = await (await fetch(`${plane.url}/metrics`)).text();
  expect(read(body, "process_resident_memory_bytes")).toBeGreaterThan(20e6);
  expect(read(body, "nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
  const cpu = (text: string): number => read(text, "process_cpu_seconds_total") ?? 0;
  expect(cpu(await (await fetch(`${plane.url}/metrics`)).text())).toBeGreaterThanOrEqual(cpu(body));
  expect((await plane.client.capacity(plane.org)).connections).toEqual({ used: 0, limit: 50 });
});
