import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyPattern } from "../../src/provisioning/credentials.js";
import { has, processesWith } from "../needs.js";
import { filesBelow, firstboot, main, type Outcome, scratch, start } from "./command.js";

const devices = 60;
const demo = (cwd: string, env: Record<string, string> = {}): Promise<Outcome> =>
  firstboot(["demo", "--devices", String(devices)], { cwd, env });

/** Every secret that the operator's artefacts hold: keys and codes. */
function secretsOf(cwd: string): string[] {
  const texts = filesBelow(join(cwd, ".firstboot/demo/artifacts")).map(({ text }) => text);
  return texts.flatMap((text) => [...(text.match(keyPattern) ?? []), ...(text.match(/PROV-\w{4}-\w{4}/g) ?? [])]);
}

describe.skipIf(!has.terraform)("the main job (needs terraform)", { timeout: 120_000 }, () => {
  const cwd = scratch();
  const trace = join(cwd, "trace.log");
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await demo(cwd, { TF_LOG: "TRACE", TF_LOG_PATH: trace });
  }, 120_000);

  it("ends with a verdict that is passed, and exit code 0", () => {
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toContain("Terraform");
    expect(outcome.stdout).toMatch(/^PASSED/m);
  });

  it("shows the server's reason for refusing one more device on the used-up key", () => {
    expect(outcome.stdout).toContain("401 Provisioning key has reached its maximum usage");
  });

  it("leaves no process behind", () => {
    expect(processesWith(join(cwd, ".firstboot"))).toEqual([]);
  });

  it("leaves no provisioning key in any device's directory, and private files with id and secret", () => {
    const fleet = join(cwd, ".firstboot/demo/fleet/devices");
    for (const { path, text } of filesBelow(fleet))
      expect(`${path}: ${text.match(keyPattern) ?? "clean"}`).toBe(`${path}: clean`);
    const configs = ["acme", "globex"].flatMap((customer) =>
      readdirSync(join(fleet, customer)).map((name) => join(fleet, customer, name, "newt.json")),
    );
    expect(configs).toHaveLength(50);
    for (const path of configs) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
        id: expect.any(String),
        secret: expect.any(String),
      });
    }
  });

  it("leaves no plain secret in state, synthesised stack or TRACE log", () => {
    const secrets = secretsOf(cwd);
    expect(secrets).toHaveLength(2 + 10);
    const watched = [
      ...filesBelow(join(cwd, ".firstboot/demo/rollout")),
      { path: trace, text: readFileSync(trace, "utf8") },
    ];
    expect(watched.some(({ path }) => path.endsWith(".tfstate"))).toBe(true);
    for (const { path, text } of watched) {
      expect(
        secrets
          .filter((secret) => text.includes(secret) || text.includes(secret.split(".")[1] ?? secret))
          .map((found) => `${path}: ${found.slice(0, 8)}…`),
      ).toEqual([]);
    }
  });

  it("writes a report in three forms", () => {
    const reports = join(cwd, ".firstboot/report");
    expect(readdirSync(reports).sort()).toEqual(["junit.xml", "report.html", "report.json"]);
    expect(JSON.parse(readFileSync(join(reports, "report.json"), "utf8"))).toMatchObject({ verdict: "passed" });
  });

  it("works a second time in the same directory, says what it does with the first, and is not disturbed meanwhile", async () => {
    const { child, outcome: second } = start(process.execPath, [main, "demo", "--devices", String(devices)], { cwd });
    await new Promise<void>((resolve) =>
      child.stdout?.on("data", (text: string) => text.includes("declare") && resolve()),
    );
    expect(await demo(cwd)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^FB1010: [^\n]*in use[^\n]*\n$/) });
    const again = await second;
    expect(again.stdout).toContain("starting afresh: .firstboot/demo of an earlier run is removed");
    expect(again.stdout).toMatch(/^PASSED/m);
    expect(again.code).toBe(0);
  });

  it.each(["control plane", "declare", "deploy", "prove", "60 of 60, 60 online"])(
    "ends on Ctrl-C at “%s” with 130 and no process behind",
    async (moment) => {
      const { child, outcome: interrupted } = start(process.execPath, [main, "demo", "--devices", String(devices)], {
        cwd,
      });
      await new Promise<void>((resolve) =>
        child.stdout?.on("data", (text: string) => text.includes(moment) && resolve()),
      );
      child.kill("SIGINT");
      expect(await interrupted).toMatchObject({ code: 130, stderr: expect.not.stringContaining("FB") });
      expect(processesWith(join(cwd, ".firstboot"))).toEqual([]);
    },
  );

  it("takes its control plane with it when it is killed", async () => {
    const { child, outcome: killed } = start(process.execPath, [main, "demo", "--devices", String(devices)], { cwd });
    await new Promise<void>((resolve) =>
      child.stdout?.on("data", (text: string) => text.includes("declare") && resolve()),
    );
    child.kill("SIGKILL");
    await killed;
    for (let tries = 0; tries < 100 && processesWith(join(cwd, ".firstboot")).length > 0; tries++) await pause(50);
    expect(processesWith(join(cwd, ".firstboot"))).toEqual([]);
  });
});

describe("the main job without Terraform", { timeout: 120_000 }, () => {
  const cwd = scratch();
  afterAll(() => expect(processesWith(join(cwd, ".firstboot"))).toEqual([]));

  it("says so in one line, makes the same keys through the API, and passes", async () => {
    const { code, stdout } = await demo(cwd, { PATH: "/nonexistent" });
    expect(stdout.split("\n").filter((line) => line.includes("Terraform is not on the PATH"))).toHaveLength(1);
    expect(stdout).toMatch(/^PASSED/m);
    expect(code).toBe(0);
    expect(existsSync(join(cwd, ".firstboot/report/report.html"))).toBe(true);
  });
});
