import { chmodSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { newt, type Persona } from "../../src/device/index.js";
import { encodeAsNewt } from "../../src/protocol/newt/index.js";
import { box, closeAll, live, serve } from "./support/life.js";
import { registerPath, send, tokenPath } from "./support/newt.js";

afterEach(closeAll);

/** Bytes that were recorded of the agent as shipped, and of a real server (PROTOCOLS F, G3). */

const reported: Persona = { ...newt, site: { ...newt.site, version: "1.14.0" } };
const blueprint = `public-resources:
  "r-{{env.SERIAL}}":
    name: "x {{env.SERIAL}} |{{foo.BAR}}|{{env.NOPE}}|{{}}|"
    mode: http
    full-domain: "{{env.SERIAL}}.example.com"
    rules:
      - { action: allow, match: path, value: "<a>&b" }
`;

const requestHeaders = {
  "user-agent": "Go-http-client/1.1",
  "content-type": "application/json",
  "x-csrf-token": "x-csrf-protection",
  "accept-encoding": "gzip",
};

async function online(config: object = {}, mode = 0o600) {
  const server = await serve();
  const disk = box({ SERIAL: "SN42" });
  const before = { endpoint: server.url, provisioningKey: "spk-aaaaaaaaaaaaaaa.bbbbbbbb", ...config };
  disk.write("newt.json", before, mode);
  chmodSync(join(disk.path, "newt.json"), mode);
  disk.write("site.yaml", blueprint);
  const life = live(disk.boot(), { persona: reported });
  await life.diary.happened("connected");
  return { server, disk, ...life };
}

describe("newt's requests", () => {
  it("have the bodies and headers that were recorded", async () => {
    const { server, site } = await online({ name: "{{env.SERIAL}}-edge{{env.NOPE}}{{x}}" });
    const [register] = server.asked(registerPath);
    expect(register?.body).toBe('{"name":"SN42-edge{{x}}","provisioningKey":"spk-aaaaaaaaaaaaaaa.bbbbbbbb"}');
    const [token] = server.asked(tokenPath);
    expect(token?.body).toBe('{"newtId":"abcdefghij12345","secret":"s3cr3t"}');
    for (const { method, headers, body } of server.requests) {
      expect(method).toBe("POST");
      expect(headers).toMatchObject({ ...requestHeaders, "content-length": String(body.length) });
      expect(Object.keys(headers).filter((name) => /firstboot/.test(name))).toEqual([]);
    }
    await site.stop();
  });

  it("open the channel with the token in the URL, its user agent, and no extension or sub-protocol", async () => {
    const { server, site } = await online();
    expect(server.upgrades.map(({ pathname, search }) => pathname + search)).toEqual([
      "/api/v1/ws?clientType=newt&token=tok1",
    ]);
    const [headers = {}] = server.knocks;
    expect(headers).toMatchObject({ "user-agent": "Go-http-client/1.1", "sec-websocket-version": "13" });
    expect(Object.keys(headers)).not.toContain("sec-websocket-extensions");
    expect(Object.keys(headers)).not.toContain("sec-websocket-protocol");
    await site.stop();
  });
});

describe("newt's frames", () => {
  const recorded: Readonly<Record<string, RegExp>> = {
    "newt/ping": /^\{"type":"newt\/ping","data":\{\}\}\n$/,
    "newt/ping/request": /^\{"type":"newt\/ping\/request","data":\{"chainId":"[0-9a-f]{16}","noCloud":false\}\}\n$/,
    "newt/wg/register":
      /^\{"type":"newt\/wg\/register","data":\{"backwardsCompatible":true,"chainId":"[0-9a-f]{16}","newtVersion":"1\.14\.0","publicKey":"[^"]{44}"\}\}\n$/,
    "newt/wg/get-config":
      /^\{"type":"newt\/wg\/get-config","data":\{"chainId":"[0-9a-f]{16}","localEndpoints":\[\],"port":\d{5},"publicKey":"[^"]{44}"\}\}\n$/,
    "newt/disconnecting": /^\{"type":"newt\/disconnecting","data":\{\}\}\n$/,
  };

  it("are those that were recorded, with keys in order, escapes and a newline", async () => {
    const { server, site } = await online({ blueprintFile: "site.yaml" });
    await server.frames.until((frame) => frame.includes("newt/blueprint/apply"));
    await site.stop();
    await server.closes.until(() => true);
    const frames = server.frames.entries;
    for (const [type, form] of Object.entries(recorded)) {
      expect(frames.find((frame) => frame.startsWith(`{"type":"${type}",`))).toMatch(form);
    }
    expect(frames.find((frame) => frame.includes("newt/blueprint/apply"))).toBe(
      String.raw`{"type":"newt/blueprint/apply","data":{"blueprint":"{\"public-resources\":{\"r-SN42\":{\"full-domain\":\"SN42.example.com\",\"mode\":\"http\",\"name\":\"x SN42 |{{foo.BAR}}||{{}}|\",\"rules\":[{\"action\":\"allow\",\"match\":\"path\",\"value\":\"\\u003ca\\u003e\\u0026b\"}]}}}"}}` +
        "\n",
    );
    expect(server.closes.entries).toEqual([1000]);
  });

  it("carry the config version at their end, where it is not 0", async () => {
    expect(encodeAsNewt({ type: "newt/ping", data: {}, configVersion: 7 })).toBe(
      '{"type":"newt/ping","data":{},"configVersion":7}\n',
    );
  });
});

it("frames of a real server are read, the compressed ones too", async () => {
  const { server, diary, site } = await online();
  const [channel] = server.channels;
  await server.frames.until((frame) => frame.includes("backwardsCompatible"));
  const connect =
    '{"type":"newt/wg/connect","data":{"endpoint":"127.0.0.1:51820","relayPort":21820,"publicKey":"/b4mIOieDL77aMrttujjuXaduESvVQxdcTU/bTGZ6pA=","serverIP":"100.89.128.1","tunnelIP":"100.89.128.4","targets":{"udp":[],"tcp":[]},"healthCheckTargets":[],"browserGatewayTargets":[],"remoteExitNodeSubnets":[]},"configVersion":3}';
  const add = '{"type":"newt/tcp/add","data":{"targets":["46089:127.0.0.1:8080"]},"configVersion":1}';
  channel?.send(gzipSync(connect));
  channel?.send(gzipSync(add));
  channel?.send(gzipSync('{"type":"newt/healthcheck/add","data":{"targets":[]},"configVersion":2}'));
  channel?.send(
    '{"type":"newt/sync","data":{"proxyTargets":{"udp":[],"tcp":[]},"healthCheckTargets":[],"peers":[],"clientTargets":[],"certs":[],"browserGatewayTargets":[],"remoteExitNodeSubnets":[]},"configVersion":0}',
  );
  if (channel) send(channel, "newt/socket/check", {}, 5);
  expect(await diary.happened("tunnel")).toMatchObject({ configured: true, exitNode: "127.0.0.1:51820" });
  const answer = await server.frames.until((frame) => frame.includes("newt/socket/status"));
  expect(answer).toBe('{"type":"newt/socket/status","data":{"available":false,"socketPath":""}}\n');
  await site.stop();
});

describe("newt's config file after an exchange", () => {
  it("is the one that was recorded, with its mode as it was", async () => {
    const { server, disk, site } = await online({
      name: "n-{{env.SERIAL}}",
      mtu: 1300,
      custom: { a: [1, 2] },
      blocked: true,
    });
    expect(disk.read("newt.json")).toBe(`{
  "blocked": true,
  "custom": {
    "a": [
      1,
      2
    ]
  },
  "endpoint": "${server.url}",
  "id": "abcdefghij12345",
  "mtu": 1300,
  "secret": "s3cr3t"
}`);
    expect(disk.mode("newt.json")).toBe(0o600);
    await site.stop();
  });

  it("keeps the mode of a file that others may read, too", async () => {
    const { disk, site } = await online({}, 0o644);
    expect(disk.mode("newt.json")).toBe(0o644);
    await site.stop();
  });
});
