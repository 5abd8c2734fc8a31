import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../src/cli/site-agent/configuration.js";
import type { DeviceEvent } from "../../src/device/event.js";
import { hardened } from "../../src/device/persona.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "firstboot-site-"));
  mkdirSync(join(directory, "kept"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

async function read(name: string, heard: DeviceEvent[] = []) {
  return readConfiguration({ configFile: at(name), cli: {}, persona: hardened, onEvent: (event) => heard.push(event) });
}

describe("a config file that a link leads to", () => {
  it("is the one that is read and replaced, over links that lead to links", async () => {
    writeFileSync(at("kept/site.json"), '{"id":"abc"}');
    symlinkSync("kept/site.json", at("inner.json"));
    symlinkSync(at("inner.json"), at("newt.json"));
    const { configFile, values } = await read("newt.json");
    expect([configFile, values.id]).toEqual([at("kept/site.json"), "abc"]);
  });

  it("is made where the link leads to, if it is not there yet", async () => {
    symlinkSync("kept/site.json", at("newt.json"));
    expect((await read("newt.json")).configFile).toBe(at("kept/site.json"));
  });

  it("is told of where links lead in a circle", async () => {
    symlinkSync("b.json", at("a.json"));
    symlinkSync("a.json", at("b.json"));
    await expect(read("a.json")).rejects.toMatchObject({ code: "FB1002", why: "its links lead in a circle" });
  });
});

it("a torn config file is put back before it is read, and what is said of that is heard", async () => {
  const text = '{"id":"abc"}';
  writeFileSync(at(".newt.json.good"), JSON.stringify({ text }));
  writeFileSync(at("newt.json"), '{"id":"abc","mtu":1400');
  const heard: DeviceEvent[] = [];
  const { values } = await read("newt.json", heard);
  expect([values.id, readFileSync(at("newt.json"), "utf8")]).toEqual(["abc", text]);
  expect(heard).toEqual([{ type: "notice", message: expect.stringContaining(at(".newt.json.torn")) }]);
});
