import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstboot, type Outcome, root, scratch, up } from "./command.js";

/** An outcome that is one line of explanation and nothing else. */
function oneLine(code: string, exitCode: number, text: RegExp) {
  return {
    code: exitCode,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`^${code}: [^\\n]*${text.source}[^\\n]*\\n$`)),
  };
}

const firstFleet = join(root, "examples/scenarios/first-fleet.yaml");

describe("firstboot, the command", { timeout: 60_000 }, () => {
  it("shows help on stdout and ends with 0", async () => {
    const { code, stdout, stderr } = await firstboot(["keys", "create", "--help"], { cwd: root });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: firstboot keys create .*\$ firstboot keys create --name /s);
  });

  it.each([
    [["bogus"], "FB1001", 2, /unknown command/],
    [["up", "--port", "99999"], "FB1001", 2, /whole number/],
    [["up", "--bogus"], "FB1001", 2, /unknown option/],
    [["up", "--host", "0.0.0.0", "--no-tls"], "FB1001", 2, /in the clear/],
    [["up", "--tls-cert", "a.pem"], "FB1001", 2, /belong together/],
    [["keys", "create"], "FB1001", 2, /--name/],
    [["keys", "list"], "FB1001", 2, /firstboot up/],
    [
      ["simulate", firstFleet, "--target", "https://fleet.example.com", "--api-key-file", "key"],
      "FB1001",
      2,
      /i-own-this-target/,
    ],
    [["up", "--host", ""], "FB1001", 2, /--host is empty/],
    [["up", "--data", ""], "FB1001", 2, /--data is empty/],
    [["keys", "list", "--target", "localhost:8443"], "FB1001", 2, /is not a URL/],
    [["keys", "list", "--target", "https://127.0.0.1:1", "--api-key-file", "."], "FB1002", 2, /a directory/],
    [["codes", "delete", "PROV-ABCD-EFGH"], "FB1001", 2, /codes list/],
    [["keys", "create", "--name", "a", "--expires-in", "soon"], "FB1001", 2, /a duration such as/],
    [["keys", "delete", "spk-a", "--sites", "maybe"], "FB1001", 2, /keep, delete/],
    [["sites", "approve", "one", "--all"], "FB1001", 2, /beside --all/],
    [["demo", "--devices", "many"], "FB1001", 2, /whole number/],
    [["simulate", "missing.yaml"], "FB1002", 2, /does not exist/],
    [["artifacts", "open", "--from", "missing.json", "--out", "out"], "FB1002", 2, /does not exist/],
    [["keys", "list", "--target", "https://127.0.0.1:1", "--api-key-file", "key"], "FB3001", 3, /ECONNREFUSED/],
  ])("answers %j with one line and the right exit code", async (args, code, exitCode, text) => {
    const cwd = scratch();
    writeFileSync(join(cwd, "key"), "a.b");
    expect(await firstboot(args, { cwd })).toMatchObject(oneLine(code, exitCode, text));
    expect(readdirSync(cwd)).toEqual(["key"]);
  });

  it("takes a switch's variable that says no for no, and an empty variable for none", async () => {
    const cwd = scratch();
    const env = { FIRSTBOOT_ALL: "0", FIRSTBOOT_TARGET: "", FIRSTBOOT_ENDPOINT: "" };
    expect(await firstboot(["sites", "approve"], { cwd, env })).toMatchObject(
      oneLine("FB1001", 2, /no site to approve/),
    );
    expect(await firstboot(["sites", "list"], { cwd, env })).toMatchObject(oneLine("FB1001", 2, /no server is named/));
  });

  it("refuses a malformed scenario with its line and column, and starts nothing", async () => {
    const cwd = scratch();
    writeFileSync(
      join(cwd, "bad.yaml"),
      "name: bad\npopulations:\n  - name: a\n    kind: toaster\n    count: 1\nphases: { enrol: { over: 1s, within: 5s } }\n",
    );
    expect(await firstboot(["simulate", "bad.yaml"], { cwd })).toMatchObject(
      oneLine("FB1003", 2, /bad\.yaml:4:\d+.*newt, edgeflow/),
    );
    expect(readdirSync(cwd)).toEqual(["bad.yaml"]);
  });

  it("says that a port is busy, and writes no half of anything", async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const address = busy.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const cwd = scratch();
    expect(await firstboot(["up", "--port", String(port)], { cwd })).toMatchObject(
      oneLine("FB1004", 2, /the port is in use/),
    );
    expect(existsSync(join(cwd, ".firstboot/plane.json"))).toBe(false);
    await new Promise((resolve) => busy.close(resolve));
    const { facts, stop } = await up(cwd);
    expect(facts.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    await stop();
  });

  it.each([
    ["up", (data: string) => ["up", "--port", "0", "--data", data]],
    ["simulate", (data: string) => ["simulate", firstFleet, "--out", data]],
    ["provider install", (data: string) => ["provider", "install", "--directory", data]],
  ])("says that a directory cannot be written: %s", async (_, args) => {
    const cwd = scratch();
    writeFileSync(join(cwd, "file"), "untouched");
    expect(await firstboot(args(join(cwd, "file/data")), { cwd })).toMatchObject(oneLine("FB1002", 2, /file\/data/));
    expect(readFileSync(join(cwd, "file"), "utf8")).toBe("untouched");
    expect(readdirSync(cwd)).toEqual(["file"]);
  });

  it("says so for the demo too", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, ".firstboot"), "untouched");
    expect(await firstboot(["demo"], { cwd })).toMatchObject(oneLine("FB1002", 2, /\.firstboot/));
  });

  it("lets no second control plane onto a directory", async () => {
    const cwd = scratch();
    const { stop } = await up(cwd);
    expect(await firstboot(["up", "--port", "0"], { cwd })).toMatchObject(oneLine("FB1010", 2, /in use/));
    await stop();
  });
});

describe("firstboot up", { timeout: 60_000 }, () => {
  it("prints one line of JSON when ready and nothing else, and ends with 0 on SIGTERM", async () => {
    const { facts, stop } = await up(scratch());
    expect(Object.keys(facts)).toEqual(["url", "apiKey", "org", "ca", "dashboard", "exitNode", "pid"]);
    const outcome: Outcome = await stop();
    expect(outcome).toEqual({ code: 0, stdout: `${JSON.stringify(facts)}\n`, stderr: "" });
  });

  it("ends with 130 on Ctrl-C", async () => {
    const { stop } = await up(scratch());
    expect((await stop("SIGINT")).code).toBe(130);
  });

  it("is found by the commands beside it, from key to approval", async () => {
    const cwd = scratch();
    const { facts, stop } = await up(cwd);
    const create = await firstboot(
      ["keys", "create", "--name", "lab", "--max-usage", "2", "--expires-in", "1h", "--no-approve"],
      { cwd },
    );
    expect(create.stdout).toMatch(/^spk-[a-z0-9]{15}\.[a-z2-7]{40}\n$/);
    const codes = await firstboot(["codes", "create", "--name", "boards", "--quantity", "3"], { cwd });
    expect(codes.stdout.trim().split("\n")).toHaveLength(3);
    expect((await firstboot(["sites", "approve", "--all"], { cwd })).stdout).toBe("no site is pending\n");
    expect((await firstboot(["keys", "list", "--target", `${facts.url}/`], { cwd })).stdout).toContain("lab");
    const byEnvironment = await firstboot(["keys", "list", "--json"], {
      cwd: scratch(),
      env: { FIRSTBOOT_ENDPOINT: facts.url, FIRSTBOOT_API_KEY: facts.apiKey, FIRSTBOOT_CA: facts.ca },
    });
    expect(JSON.parse(byEnvironment.stdout)).toMatchObject([
      { name: "lab", maxBatchSize: 2, numUsed: 0, state: "active" },
    ]);
    await stop();
  });
});
