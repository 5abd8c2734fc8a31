import { expect, onTestFinished, test } from "vitest";
import { NewtSite } from "../../src/device/index.js";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import { channelUrl, newtPaths } from "../../src/protocol/newt/index.js";
import { startControlPlane } from "../../src/testing/index.js";
import { type LogFields, logTo } from "../../src/world/log.js";

interface Entry {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

async function logged() {
  const entries: Entry[] = [];
  const log = logTo((level, message, fields) => entries.push({ level, message, fields }));
  const plane = await startControlPlane({ tls: { kind: "off" }, log });
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ended ??= plane.close();
    return ended;
  };
  onTestFinished(close);
  const { network } = await plane.device("caller");
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    network.request({
      method: "POST",
      url: plane.url + path,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      timeoutMs: 5_000,
    });
  return { plane: { ...plane, close }, network, post, entries };
}

test("the log at its most talkative holds no secret of any flow", { timeout: 60_000 }, async () => {
  const { plane, network, post, entries } = await logged();
  const { client, org, url, apiKey } = plane;
  const secrets: string[] = [];
  const keep = (...texts: readonly (string | undefined)[]): void => {
    for (const text of texts) secrets.push(...(text ?? "").split(".").slice(-1));
  };
  keep(apiKey);

  const { siteProvisioningKey } = await client.createKey(org, { name: "key", maxBatchSize: null });
  const registered = await post(newtPaths.register, { provisioningKey: siteProvisioningKey });
  const site = JSON.parse(registered.body).data;
  const { token } = JSON.parse((await post(newtPaths.getToken, site)).body).data;
  keep(siteProvisioningKey, site.secret, token);
  const channel = await network.connect(channelUrl(url, token), { timeoutMs: 5_000 });
  channel.send('{"type":"newt/ping","data":{}}');

  const { codes } = await client.createCodes(org, { name: "codes", ttlSeconds: 600 });
  const provisioned = JSON.parse((await post(edgeflowPaths.provision, { provisioning_code: codes[0] })).body);
  keep(codes[0], provisioned.api_key);
  const tunnel = await network.connect(url.replace("http", "ws") + edgeflowPaths.tunnel, { timeoutMs: 5_000 });
  const welcomed = new Promise<void>((resolve) => tunnel.listen({ message: () => resolve() }));
  tunnel.send(JSON.stringify({ type: "connect", device_id: provisioned.device_id, api_key: provisioned.api_key }));
  await welcomed;
  const shadow = `${url}${edgeflowPaths.shadow(provisioned.device_id)}`;
  await network.request({
    method: "GET",
    url: shadow,
    headers: { "x-api-key": provisioned.api_key },
    timeoutMs: 5_000,
  });
  const device = await client.createDevice(org, { name: "made" });
  keep(device.api_key);

  const made = await client.createApiKey(org, { name: "ci", scopes: ["*"] });
  keep(made.apiKey);
  const webhook = await client.createWebhook(org, { url: "http://127.0.0.1:9/hook" });
  keep(webhook.secret);

  // Wrong and misplaced ones are secrets of somebody too.
  const stray = "a-stray-secret-1234567890";
  keep(stray);
  await post(newtPaths.register, { provisioningKey: `spk-aaaaaaaaaaaaaaa.${stray}` });
  await post(newtPaths.getToken, { ...site, secret: stray });
  await post(`/nowhere/${stray}?token=${stray}`, { secret: stray });
  await network.request({ method: "GET", url: `${url}/healthz?token=${stray}`, timeoutMs: 5_000 });
  await network.connect(channelUrl(url, stray), { timeoutMs: 5_000 }).catch(() => {});
  await network.connect(`${url.replace("http", "ws")}/${stray}?token=${stray}`, { timeoutMs: 5_000 }).catch(() => {});
  await post(`/v1/org/${org}/api-key`, { name: "x" }, { authorization: `Bearer ${stray}.${stray}` });

  const hardened = await plane.device("hardened");
  await hardened.disk.write("newt.json", JSON.stringify({ endpoint: url, provisioningKey: siteProvisioningKey }));
  const connected = new Promise<void>((resolve) => {
    const onEvent = ({ type }: { type: string }): void => {
      if (type === "connected") resolve();
    };
    void new NewtSite(hardened, { configFile: "newt.json", onEvent }).run();
  });
  await connected;
  const [first] = await client.listSites(org);
  keep((await client.rekeySite(first?.siteId ?? 0)).secret);
  await client.deleteSite((await client.listSites(org))[0]?.siteId ?? 0);
  await plane.close();

  const text = entries.map((entry) => JSON.stringify(entry)).join("\n");
  expect(secrets.filter((secret) => secret.length < 8)).toEqual([]);
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).not.toContain("token=");
  // What was looked through did tell of these flows.
  for (const path of [
    newtPaths.register,
    newtPaths.channel,
    edgeflowPaths.provision,
    edgeflowPaths.tunnel,
    "unmatched",
  ])
    expect(entries).toContainEqual(expect.objectContaining({ fields: expect.objectContaining({ path }) }));
});

test("the log tells start and stop, and at level debug every request by the pattern of its route", async () => {
  const { plane, post, entries } = await logged();
  await post(newtPaths.register, { provisioningKey: "spk-aaaaaaaaaaaaaaa.wrong" }, { "x-request-id": "abc" });
  await plane.client.listKeys(plane.org);
  await plane.close();
  const of = (level: string) => entries.filter((entry) => entry.level === level);
  expect(of("info").map(({ message }) => message)).toEqual(expect.arrayContaining(["started", "draining", "stopped"]));
  expect(of("info").find(({ message }) => message === "started")?.fields).toMatchObject({
    url: plane.url,
    version: expect.any(String),
    data: expect.any(String),
  });
  expect(of("debug").map(({ fields }) => fields)).toEqual([
    {
      method: "post",
      path: newtPaths.register,
      status: 401,
      ms: expect.any(Number),
      requestId: "abc",
      source: "127.0.0.1",
    },
    expect.objectContaining({ method: "get", path: "/v1/org/:org/site-provisioning-keys", status: 200 }),
  ]);
});
