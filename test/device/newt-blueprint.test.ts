import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { hardened, newt } from "../../src/device/persona.js";
import type { Box } from "./support/box.js";
import { ManualClock } from "./support/clock.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { type NewtScript, send } from "./support/newt.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

const yaml = `public-resources:
  "r-{{env.SERIAL}}":
    name: x {{env.SERIAL}}
    mode: http
    full-domain: "{{env.SERIAL}}.example.com"
`;

const applyType = "newt/blueprint/apply";

function applied(server: ScriptedServer): unknown[] {
  return server.frames.entries
    .map((frame) => JSON.parse(frame))
    .filter(({ type }) => type === applyType)
    .map(({ data }) => JSON.parse(data.blueprint));
}

async function bootstrap(script: NewtScript, files: object = { provisioningBlueprintFile: "bootstrap.yaml" }) {
  const server = await serve(script);
  const disk = box({ SERIAL: "SN42" });
  disk.write("bootstrap.yaml", yaml);
  disk.write("site.yaml", yaml.replace("x ", "declared "));
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key, ...files });
  return { server, disk };
}

test("the provisioning blueprint is filled from the environment and sent once, over all lives", async () => {
  const { server, disk } = await bootstrap({});
  const first = live(disk.boot());
  expect(await first.diary.happened("blueprint")).toMatchObject({ mode: "provisioning", success: true, message: "m" });
  await first.site.stop();
  for (const _ of ["second", "third"]) {
    const { site, diary } = live(disk.boot());
    await diary.happened("heartbeat");
    await site.stop();
  }
  expect(applied(server)).toEqual([
    { "public-resources": { "r-SN42": { name: "x SN42", mode: "http", "full-domain": "SN42.example.com" } } },
  ]);
});

test.each(["rejected", "silence"] as const)(
  "a provisioning blueprint met with %s is sent again in the next life",
  async (answer) => {
    const { server, disk } = await bootstrap({ blueprints: [answer, "applied"] });
    for (const _ of ["first", "second", "third"]) {
      const { site, diary } = live(disk.boot());
      await diary.happened("heartbeat");
      await server.frames.until((frame) => frame.includes("blueprint/apply"));
      if (_ === "second") await diary.happened("blueprint");
      await site.stop();
    }
    expect(applied(server)).toHaveLength(2);
  },
);

test("newt as shipped sends it once, whatever becomes of it", async () => {
  const { server, disk } = await bootstrap({ blueprints: ["rejected"] });
  for (const _ of ["first", "second"]) {
    const { site, diary } = live(disk.boot(), { persona: newt });
    await diary.happened("heartbeat");
    await server.frames.until((frame) => frame.includes("blueprint/apply"));
    await site.stop();
  }
  expect(applied(server)).toHaveLength(1);
});

test("a site that was provisioned elsewhere never sends a provisioning blueprint", async () => {
  const { server, disk } = await bootstrap({});
  disk.write("newt.json", {
    endpoint: server.url,
    id: "abcdefghij12345",
    secret: "s3cr3t",
    provisioningBlueprintFile: "bootstrap.yaml",
  });
  const { site, diary } = live(disk.boot());
  await diary.happened("heartbeat");
  await site.stop();
  expect(applied(server)).toEqual([]);
});

test("the declarative blueprint goes first, and again in every session", async () => {
  const { server, disk } = await bootstrap(
    {},
    { blueprintFile: "site.yaml", provisioningBlueprintFile: "bootstrap.yaml" },
  );
  const persona = { ...hardened, reconnect: { ...hardened.reconnect, delaysMs: [1] } };
  const { site, diary } = live(disk.boot(), { persona });
  await diary.happened("blueprint", 2);
  server.channels[0]?.terminate();
  await diary.happened("blueprint", 3);
  await site.stop();
  const modes = diary.all("blueprint").map(({ mode }) => mode);
  expect(modes).toEqual(["declarative", "provisioning", "declarative"]);
  expect(JSON.stringify(applied(server)[0])).toContain("declared SN42");
});

test("a blueprint that is missing or no YAML is told of and does not keep the site from its work", async () => {
  const { server, disk } = await bootstrap(
    {},
    { blueprintFile: "missing.yaml", provisioningBlueprintFile: "bootstrap.yaml" },
  );
  disk.write("bootstrap.yaml", "a: [1");
  const { site, diary } = live(disk.boot());
  await diary.happened("blueprint", 2);
  await diary.happened("heartbeat");
  await site.stop();
  expect(diary.all("blueprint")).toMatchObject([
    { mode: "declarative", success: false, message: expect.stringContaining("missing.yaml") },
    { mode: "provisioning", success: false, message: expect.stringContaining("line 1") },
  ]);
  expect(applied(server)).toEqual([]);
});

test.each([
  ["written", (disk: Box, text: string) => disk.write("site.yaml", text)],
  [
    "replaced",
    (disk: Box, text: string) => {
      disk.write("site.yaml.new", text);
      renameSync(join(disk.path, "site.yaml.new"), join(disk.path, "site.yaml"));
    },
  ],
])("a declarative blueprint that is %s while the site lives is sent half a second later", async (_, change) => {
  const { server, disk } = await bootstrap({}, { blueprintFile: "site.yaml" });
  const clock = new ManualClock();
  const world = disk.boot({ clock });
  const told = new Promise<void>((resolve) => {
    const watch = world.disk.watch.bind(world.disk);
    world.disk.watch = (path, changed) =>
      watch(path, () => {
        changed();
        resolve();
      });
  });
  const { site, diary } = live(world);
  await diary.happened("blueprint");
  change(disk, yaml.replace("x ", "changed "));
  await told;
  // All that the change consists of is told by then.
  await new Promise(setImmediate);
  clock.advance(499);
  await new Promise(setImmediate);
  const before = applied(server).length;
  clock.advance(1);
  await diary.happened("blueprint", 2);
  await site.stop();
  expect(before).toBe(1);
  expect(JSON.stringify(applied(server)[1])).toContain("changed SN42");
});

test("a declarative blueprint is sent again when the server asks, with a word that it governs", async () => {
  const { server, disk } = await bootstrap({}, { blueprintFile: "site.yaml" });
  const { site, diary } = live(disk.boot());
  await diary.happened("blueprint");
  const [channel] = server.channels;
  if (channel) send(channel, "firstboot/blueprint/request", {});
  await diary.happened("blueprint", 2);
  await site.stop();
  const data = server.frames.entries.map((frame) => JSON.parse(frame)).filter(({ type }) => type === applyType);
  expect(data.map(({ data: { once } }) => once)).toEqual([false, false]);
});

test("an answer to nothing is ignored", async () => {
  const { server, disk } = await bootstrap({ mute: true }, {});
  const { site, diary } = live(disk.boot());
  await server.frames.until(() => true);
  const [channel] = server.channels;
  if (channel) send(channel, "newt/blueprint/results", { success: true });
  if (channel) send(channel, "newt/wg/terminate", {});
  await diary.happened("command");
  await site.stop();
  expect(diary.all("blueprint")).toEqual([]);
});
