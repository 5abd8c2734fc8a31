import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, test } from "vitest";
import { Host } from "../../src/device/host.js";
import { edgeflowField, hardened, newt, type Persona } from "../../src/device/persona.js";
import { realWorld } from "../../src/world/real/index.js";
import type { Box } from "./support/box.js";
import { box, closeAll, closeLater, key, live, serve } from "./support/life.js";
import { good, identity, registerPath } from "./support/newt.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const { newtId: id, secret } = identity;

/** Lives until the site is connected. */
async function connected(disk: Box, options: Parameters<typeof live>[1]) {
  const { site, diary } = live(disk.boot(), options);
  await diary.happened("connected");
  await diary.happened("heartbeat");
  await site.stop();
  return diary.all("notice").map(({ message }) => message);
}

/** A server that does something when it is asked for credentials. */
async function serveWhile(meanwhile: () => void): Promise<ScriptedServer> {
  const server = await serve();
  const { request } = server.script;
  Object.assign(server.script, {
    request: (received: Parameters<typeof request>[0]) => {
      if (received.path === registerPath) meanwhile();
      return request(received);
    },
  });
  return server;
}

describe("credentials by flag, without a config file", () => {
  const flags = (endpoint: string) => ({ endpoint, id, secret, provisioningKey: key, name: "edge" });

  it.each([
    ["newt as shipped, with the key, for others to read", newt, 0o644, { name: "edge", provisioningKey: key }],
    ["a hardened site, without the key, privately", hardened, 0o600, {}],
  ])("are written down when the channel first stands: by %s", async (_, persona, mode, more) => {
    const server = await serve();
    const disk = box();
    await connected(disk, { persona, overrides: flags(server.url) });
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ endpoint: server.url, id, secret, ...more });
    expect(disk.mode("newt.json")).toBe(mode);
    expect(server.asked(registerPath)).toHaveLength(0);
  });

  it("are written into a blank file, whose mode newt leaves as it is", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", " \n", 0o640);
    await connected(disk, { persona: newt, overrides: { endpoint: `${server.url}/`, id, secret } });
    expect(disk.read("newt.json")).toBe(`{
  "endpoint": "${server.url}/",
  "id": "${id}",
  "secret": "${secret}"
}`);
    expect(disk.mode("newt.json")).toBe(0o640);
  });

  it.each([newt, hardened])("are not written into a file that says something, by $name", async (persona) => {
    const server = await serve();
    const disk = box();
    const text = `{"mtu":1300,"endpoint":"${server.url}"}`;
    disk.write("newt.json", text);
    await connected(disk, { persona, overrides: { id, secret } });
    expect(disk.read("newt.json")).toBe(text);
  });

  it("are no less good where they cannot be written down", async () => {
    const server = await serve();
    const disk = box();
    const options = { configFile: "missing/newt.json", overrides: flags(server.url) };
    const { site, diary } = live(disk.boot(), options);
    await diary.happened("heartbeat");
    await site.stop();
    expect(diary.all("failed")).toMatchObject([{ step: "persist", kind: "disk" }]);
  });
});

describe("an exchange", () => {
  it.each([
    ["newt as shipped", newt, 0o644],
    ["a hardened site", hardened, 0o600],
  ])("with the key by flag makes a file: %s", async (_, persona, mode) => {
    const server = await serve();
    const disk = box();
    await connected(disk, { persona, overrides: { endpoint: server.url, provisioningKey: key } });
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ endpoint: server.url, id, secret });
    expect(disk.mode("newt.json")).toBe(mode);
  });

  it.each([newt, hardened])("keeps what a person has changed in the file meanwhile: $name", async (persona) => {
    const disk = box();
    const server = await serveWhile(() =>
      disk.write("newt.json", { endpoint: server.url, mtu: 1300, provisioningKey: key }),
    );
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    await connected(disk, { persona });
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ endpoint: server.url, id, secret, mtu: 1300 });
  });

  it.each([
    ["newt as shipped forgets what stood there", newt, {}, "", []],
    [
      "a hardened site knows what it had read, and keeps what stands there",
      hardened,
      { mtu: 1300 },
      "; what stood there is in .newt.json.torn",
      ["{,"],
    ],
  ])("that finds the file broken meanwhile gives a notice: %s", async (_, persona, more, aside, kept) => {
    const disk = box();
    const server = await serveWhile(() => disk.write("newt.json", "{,"));
    disk.write("newt.json", { endpoint: server.url, mtu: 1300, provisioningKey: key });
    expect(await connected(disk, { persona })).toEqual([
      `newt.json could not be read any more and is written anew${aside}`,
    ]);
    const torn = disk.files().filter((name) => name.endsWith(".torn"));
    expect(torn.map((name) => disk.read(name))).toEqual(kept);
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ endpoint: server.url, id, secret, ...more });
  });

  it("writes a file that was removed meanwhile", async () => {
    const disk = box();
    const server = await serveWhile(() => rmSync(join(disk.path, "newt.json")));
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    await connected(disk, {});
    expect(JSON.parse(disk.read("newt.json"))).toEqual({ endpoint: server.url, id, secret });
  });
});

test.each([
  ["{{env.SERIAL}}-{{ env.MISSING }}", "SN1-", ["{{ env.MISSING }}"], "is not set or empty"],
  ["{{foo.BAR}}-{{env.SERIAL}}", "{{foo.BAR}}-SN1", ["{{foo.BAR}}"], "stays as it is"],
  ["{{env.MISSING}}{{env.MISSING}}", undefined, ["{{env.MISSING}}"], "is not set or empty"],
  ["{{env.SERIAL}}", "SN1", [], ""],
])("the name %j asks for %j, with a notice for %j", async (name, asked, templates, words) => {
  const server = await serve({ register: [good(201, identity)] });
  const disk = box({ SERIAL: "SN1" });
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key, name });
  const notices = await connected(disk, {});
  const [request] = server.asked(registerPath);
  expect(JSON.parse(request?.body ?? "")).toEqual({ provisioningKey: key, ...(asked && { name: asked }) });
  expect(notices).toHaveLength(templates.length);
  for (const [index, template] of templates.entries()) {
    expect(notices[index]).toContain(template);
    expect(notices[index]).toContain(words);
  }
});

describe("plain HTTP", () => {
  const plain = { plainHttp: "loopback" } as const;

  it("to another machine is refused before anything is sent or written, with a word on how to allow it", async () => {
    const disk = box();
    const text = `{"endpoint":"http://192.0.2.1:3000","provisioningKey":"${key}"}`;
    disk.write("newt.json", text);
    const { end } = live(disk.boot(), plain);
    await expect(end).rejects.toMatchObject({ code: "FB1005", line: expect.stringMatching(/^FB1005: .*--insecure$/) });
    expect(disk.read("newt.json")).toBe(text);
    expect(disk.files()).toEqual(["newt.json"]);
  });

  it("to this machine is allowed", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    expect(await connected(disk, plain)).toEqual([]);
  });
});

test.each<[Persona, string]>([
  [newt, "Go-http-client/1.1"],
  [edgeflowField, "Go-http-client/1.1"],
  [hardened, "firstboot"],
])("$name says on the upgrade who it is", async (persona, agent) => {
  const there = realWorld();
  closeLater(() => there.process.kill());
  const agents: (string | undefined)[] = [];
  const { port } = await there.network.listen(
    { host: "127.0.0.1", port: 0 },
    {
      request: async () => new Response(),
      upgrade: async ({ headers }) => {
        agents.push(headers["user-agent"]);
        return { accept: (channel) => channel.close() };
      },
    },
  );
  const channel = await new Host(box().boot(), persona, () => {}).dial(`ws://127.0.0.1:${port}/tunnel`, 5_000);
  channel.terminate();
  expect(agents).toEqual([agent]);
});
