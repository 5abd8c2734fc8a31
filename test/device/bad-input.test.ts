import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { SiteOptions } from "../../src/device/index.js";
import { FirstbootError } from "../../src/error.js";
import { VirtualWorld } from "../../src/testing/index.js";
import { epoch } from "../../src/world/virtual/index.js";
import type { World } from "../../src/world/world.js";
import { changed } from "../changed.js";
import type { Box } from "./support/box.js";
import { cloud, liveDevice, provisionPath, writeEnv } from "./support/edgeflow.js";
import { judgeSite, placed, siteLife } from "./support/first-boot.js";
import { boardLife, judgeBoard, placedBoard } from "./support/first-boot-board.js";
import { box, closeAll, live, serve } from "./support/life.js";
import { registerPath } from "./support/newt.js";

afterEach(closeAll);

const key = `spk-${"a".repeat(15)}.${"b".repeat(40)}`;
const code = "PROV-A1B2-C3D4";
const secrets = [key, "b".repeat(40), code, "s3cr3t", "efk_testkey"];

/** All files of a box, with their modes. */
function photo(disk: Box): readonly (readonly [string, number, string])[] {
  return disk.files().map((name) => [name, disk.mode(name), disk.read(name)]);
}

/** The one clear line that a life ends with. Nothing on the disk may have changed. */
async function lineOf(disk: Box, start: () => Promise<unknown>): Promise<FirstbootError> {
  const before = photo(disk);
  const error = await start().catch((thrown: unknown) => thrown);
  if (!(error instanceof FirstbootError)) throw new Error(`no clear error: ${String(error)}`);
  expect(photo(disk)).toEqual(before);
  expect(error.line).not.toMatch(/[\p{Cc}]/u);
  expect(error.line.length).toBeLessThan(400);
  expect(error.exitCode).toBe(2);
  for (const secret of secrets) expect(error.line).not.toContain(secret);
  return error;
}

/** A disk on which some operations fail. */
function withFaults(world: World, failing: readonly (keyof World["disk"])[], code: string): World {
  const fails = (): Promise<never> => Promise.reject(Object.assign(new Error(`${code}: no luck`), { code }));
  return { ...world, disk: changed(world.disk, Object.fromEntries(failing.map((name) => [name, fails]))) };
}

describe("a site that is given bad input says so in one line", () => {
  const keyed = `"endpoint":"https://a.example","provisioningKey":"${key}"`;

  it.each([
    ["broken JSON", `{${keyed},}`, "FB1005", ["newt.json", "JSON"]],
    ["a quote too few", `{"endpoint":"https://a.example,"provisioningKey":"${key}"}`, "FB1005", ["newt.json", "JSON"]],
    ["a key in a list", `[{${keyed}}]`, "FB1005", ["newt.json"]],
    ["a number for a text", `{${keyed},"name":7}`, "FB1005", ["newt.json", "name"]],
    ["a text for a number", `{${keyed},"mtu":"1280"}`, "FB1005", ["newt.json", "mtu"]],
    ["a text for a boolean", `{${keyed},"noCloud":"yes"}`, "FB1005", ["newt.json", "noCloud"]],
    ["a secret that is a list", `{${keyed},"id":"x","secret":["s3cr3t"]}`, "FB1005", ["newt.json", "secret"]],
    ["no endpoint", `{"provisioningKey":"${key}"}`, "FB1005", ["newt.json", "endpoint"]],
    ["an endpoint of another kind", `{"endpoint":"ftp://s3cr3t@a","id":"x","secret":"y"}`, "FB1005", ["endpoint"]],
    ["neither key nor credentials", `{"endpoint":"https://a.example","id":"x"}`, "FB1005", ["provisioningKey"]],
    ["half a file and no copy", `{${keyed.slice(0, -5)}`, "FB1005", ["newt.json"]],
    ["zeros", "\0".repeat(99), "FB1005", ["newt.json"]],
  ])("%s", async (_, text, expected, named) => {
    const disk = box();
    disk.write("newt.json", text, 0o640);
    const error = await lineOf(disk, () => live(disk.boot()).end);
    expect(error.code).toBe(expected);
    for (const name of named) expect(error.line).toContain(name);
  });

  const given: SiteOptions["overrides"] = { endpoint: "https://127.0.0.1:1", provisioningKey: key };

  it.each([
    ["a file that may not be read", (disk: Box) => withFaults(disk.boot(), ["read"], "EACCES"), "newt.json"],
    [
      "a disk that is read-only",
      (disk: Box) => withFaults(disk.boot(), ["write", "remove", "rename"], "EROFS"),
      "newt.json",
    ],
    ["a disk that is full", (disk: Box) => withFaults(disk.boot(), ["write"], "ENOSPC"), "newt.json"],
    ["a directory that is missing", (disk: Box) => disk.boot(), "missing/newt.json"],
    ["a directory in the file's place", (disk: Box) => disk.boot(), "directory"],
  ])("%s", async (_, boot, configFile) => {
    const disk = box();
    mkdirSync(join(disk.path, "directory"));
    if (configFile === "newt.json") disk.write("newt.json", { endpoint: "https://127.0.0.1:1", provisioningKey: key });
    const error = await lineOf(disk, () => live(boot(disk), { configFile, overrides: given }).end);
    expect(error.code).toBe("FB1002");
    expect(error.line).toContain(configFile);
  });

  it.each([
    ["that is not YAML", "a: [1,\nb: }", /^bootstrap\.yaml: /],
    ["that is missing", undefined, /bootstrap\.yaml/],
  ])("and a blueprint %s keeps it from nothing", async (_, yaml, said) => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", {
      endpoint: server.url,
      provisioningKey: key,
      provisioningBlueprintFile: "bootstrap.yaml",
    });
    if (yaml !== undefined) disk.write("bootstrap.yaml", yaml);
    const { site, diary } = live(disk.boot());
    const told = await diary.happened("blueprint");
    await diary.happened("heartbeat");
    await site.stop();
    expect(told).toMatchObject({ success: false, message: expect.stringMatching(said) });
    expect(told.message).not.toContain("\n");
    expect(server.asked(registerPath)).toHaveLength(1);
    if (yaml !== undefined) expect(disk.read("bootstrap.yaml")).toBe(yaml);
  });
});

describe("an EdgeFlow device that is given bad input says so in one line", () => {
  it.each([
    ["no file", undefined, "FB1005", [".env"]],
    [
      "a line that is no assignment",
      `EDGEFLOW_PROVISIONING_CODE=${code}\nEDGEFLOW_API_KEY s3cr3t`,
      "FB1005",
      [".env", "2"],
    ],
    ["quotes that do not match", `EDGEFLOW_API_KEY="s3cr3t`, "FB1005", [".env", "EDGEFLOW_API_KEY"]],
    [
      "a cloud that is not named",
      `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_PROVISIONING_CODE=${code}`,
      "FB1005",
      ["EDGEFLOW_SAAS_URL"],
    ],
    [
      "a cloud with a scheme",
      `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=https://saas.example\nEDGEFLOW_PROVISIONING_CODE=${code}`,
      "FB1005",
      [".env", "EDGEFLOW_SAAS_URL", "scheme"],
    ],
    [
      "half of the credentials",
      "EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=saas.example\nEDGEFLOW_API_KEY=efk_testkey",
      "FB1005",
      ["EDGEFLOW_DEVICE_ID"],
    ],
    ["neither code nor credentials", "EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=saas.example", "FB1005", ["CODE"]],
  ])("%s", async (_, text, expected, named) => {
    const disk = box();
    if (text !== undefined) disk.write(".env", text);
    const error = await lineOf(disk, () => liveDevice(disk.boot()).end);
    expect(error.code).toBe(expected);
    for (const name of named) expect(error.line).toContain(name);
  });

  it.each([
    ["credentials that are no JSON", `{"device_id":"x",}`],
    ["credentials of a wrong type", `{"device_id":7,"api_key":"efk_testkey"}`],
  ])("%s", async (_, text) => {
    const server = await cloud();
    const disk = box();
    writeEnv(disk, server);
    mkdirSync(join(disk.path, "state"));
    disk.write("state/credentials.json", text);
    const error = await lineOf(disk, () => liveDevice(disk.boot()).end);
    expect(error.line).toContain("state/credentials.json");
    expect(server.asked(provisionPath)).toHaveLength(0);
  });

  it("a disk that is read-only, before the code is spent", async () => {
    const server = await cloud();
    const disk = box();
    writeEnv(disk, server);
    mkdirSync(join(disk.path, "state"));
    const error = await lineOf(disk, () => liveDevice(withFaults(disk.boot(), ["write", "remove"], "EROFS")).end);
    expect(error.code).toBe("FB1002");
    expect(server.asked(provisionPath)).toHaveLength(0);
  });
});

describe("with a clock in 1970", () => {
  it.each([
    ["a site", placed, siteLife, judgeSite],
    ["an EdgeFlow device", placedBoard, boardLife, judgeBoard],
  ])("%s enrols and stays online", async (_, place, life, judge) => {
    const virtual = new VirtualWorld({ seed: 1 });
    await virtual.run(async () => {
      const host = virtual.host("box");
      host.skewMs = -epoch;
      const subject = await place(virtual, host);
      const world = host.boot();
      expect(new Date(world.clock.now()).getUTCFullYear()).toBe(1970);
      void life(subject, world);
      await subject.plane.operator.clock.sleep(300_000);
      await judge(subject, host);
      subject.plane.close();
    });
  });
});
