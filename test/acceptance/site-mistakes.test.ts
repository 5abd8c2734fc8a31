import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstboot, scratch } from "./command.js";
import { Lab } from "./lab.js";

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.stop());

describe("what a person has to mend is one line, and nothing is lost", { timeout: 60_000 }, () => {
  const key = `spk-aaaaaaaaaaaaaaa.${"b".repeat(40)}`;

  it.each<[string, object | string, string[], string, number, RegExp]>([
    ["broken JSON", `{"secret":"hush",\n"mtu": }`, [], "FB1005", 2, /newt\.json is not JSON; line 2/],
    ["a list", "[]", [], "FB1005", 2, /not a JSON object/],
    ["a wrong type", { mtu: "1280" }, [], "FB1005", 2, /"mtu" does not fit; it takes a whole number/],
    ["no endpoint", { provisioningKey: key }, [], "FB1005", 2, /"endpoint" is missing/],
    ["neither key nor credentials", { endpoint: "https://127.0.0.1:1" }, [], "FB1005", 2, /provisioningKey/],
    ["an unknown flag", {}, ["-endpont=https://a"], "FB1001", 2, /'--endpont' \(Did you mean --endpoint\?\)/],
    ["a flag without its value", {}, ["--endpoint"], "FB1001", 2, /argument missing/],
    ["a word too many", {}, ["--native", "false"], "FB1001", 2, /too many arguments/],
    ["a malformed number", {}, ["--mtu=big"], "FB1001", 2, /--mtu is "big"/],
    ["a malformed duration", {}, ["--ping-interval=15"], "FB1001", 2, /--ping-interval is "15"/],
    ["an unknown persona", {}, ["--persona=edgeflow"], "FB1001", 2, /newt, hardened/],
    ["no TLS", { endpoint: "http://192.0.2.1", provisioningKey: key }, [], "FB1005", 2, /--insecure/],
    [
      "a bundle beside a certificate",
      { tlsClientCert: "a", tlsClientKey: "b" },
      [],
      "FB1005",
      2,
      /tlsClientCert is given/,
    ],
    [
      "a certificate that is not there",
      { tlsClientCertFile: "a", tlsClientKey: "b" },
      [],
      "FB1002",
      2,
      /cannot read a/,
    ],
    [
      "nobody there, under newt's habits",
      { endpoint: "https://127.0.0.1:1", provisioningKey: key },
      ["--persona=newt"],
      "FB3001",
      3,
      /could not exchange the provisioning key; .*ECONNREFUSED/,
    ],
  ])("%s", async (_, config, flags, code, exitCode, said) => {
    const { args, cwd, text } = lab.box(config);
    const before = text();
    const outcome = await firstboot([...args, ...flags], { cwd });
    expect(outcome).toMatchObject({ code: exitCode, stdout: "" });
    expect(outcome.stderr).toMatch(new RegExp(`^${code}: [^\\n]*${said.source}[^\\n]*\\n$`));
    expect(outcome.stderr).not.toMatch(/hush|bbbb/);
    expect(text()).toBe(before);
    expect(readdirSync(cwd)).toEqual(["newt.json"]);
  });

  it("a key that is unknown ends with 4, and a supervisor should not start it again", async () => {
    const { args, cwd, json } = lab.box({ endpoint: lab.facts.url, provisioningKey: key });
    const outcome = await firstboot(args, { cwd });
    expect(outcome).toMatchObject({ code: 4, stdout: "" });
    expect(outcome.stderr).toMatch(/^FB4001: the server refuses the provisioning key for good; [^\n]*\n$/);
    expect(json().provisioningKey).toBe(key);
  });

  it("a directory that is missing, or is none, and a config file that is a directory", async () => {
    const { args, cwd } = lab.box({});
    const at = (file: string) => firstboot([...args, "--config-file", join(cwd, file)], { cwd });
    expect(await at("none/newt.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: .*does not exist/),
    });
    expect(await at("newt.json/x.json")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: .*no directory/),
    });
    mkdirSync(join(cwd, "folder"));
    expect(await at("folder")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: cannot read .*folder/),
    });
    expect(existsSync(join(cwd, "none"))).toBe(false);
  });

  it.runIf(process.platform === "linux")("a directory that cannot be written to costs no use of the key", async () => {
    const key = await lab.newKey();
    const env = { NEWT_PROVISIONING_KEY: key.siteProvisioningKey, PANGOLIN_ENDPOINT: lab.facts.url };
    const flags = ["site", "--ca", lab.facts.ca, "--config-file", "/proc/newt.json"];
    const outcome = await firstboot(flags, { cwd: lab.home, env });
    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: cannot write \/proc\/newt\.json[^\n]*\n$/),
    });
    expect(await lab.usesOf(key)).toBe(0);
  });

  it("makes the system's own directory for the file, and no other", async () => {
    const cwd = scratch();
    const { code, stderr } = await firstboot(["site"], { cwd, env: { HOME: cwd, CONFIG_FILE: "" } });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('"endpoint" is missing') });
    expect(statSync(join(cwd, ".config/newt-client")).mode & 0o777).toBe(0o755);
  });
});
