import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { firstboot, main, root, run, scratch, start } from "./command.js";

const scenarios = join(root, "examples/scenarios");
const day = join(scenarios, "day-with-faults.yaml");

const small = `name: small
populations:
  - { name: sites, kind: newt, count: 3, surplus: 1, key: {}, blueprint: bootstrap.yaml }
  - { name: boards, kind: edgeflow, count: 2, codes: {} }
phases: { enrol: { over: 2s, within: 1m }, steady: { for: 2m, healthCheck: true }, restart: { over: 2s, within: 1m } }
faults:
  - { fault: control-plane-crash, at: 1s }
  - { fault: power-loss, at: 30s, share: 0.4 }
`;

/** A directory with the small scenario. */
function withScenario(text = small): string {
  const cwd = scratch();
  writeFileSync(join(cwd, "small.yaml"), text);
  copyFileSync(join(scenarios, "bootstrap.yaml"), join(cwd, "bootstrap.yaml"));
  return cwd;
}

const virtually = ["simulate", "small.yaml", "--world", "virtual", "--out", "out"];
const same = /The same run as the report's: hash [0-9a-f]{16}\n$/;

describe("firstboot simulate --world virtual", { timeout: 120_000 }, () => {
  it("runs a day with faults in seconds, progress on stderr, verdict on stdout, reports in --out", async () => {
    const cwd = scratch();
    const args = ["simulate", day, "--world", "virtual", "--devices", "25", "--out", "out"];
    const { code, stdout, stderr } = await firstboot(args, { cwd });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^PASSED [\s\S]* 24 h \d+ min\s+of\s+virtual[\s\S]* npx firstboot replay out\/report\.json\nreport: /,
      ),
    });
    expect(stderr).toMatch(/^devices boot for the first time: 25 of 25, \d+ online\n/);
    expect(readdirSync(join(cwd, "out")).sort()).toEqual(["junit.xml", "report.html", "report.json"]);
  });

  it("is a world of its own, named by the environment too: one line of JSON, and the same twice", async () => {
    const cwd = withScenario();
    const runs = ["a", "b"].map((out) =>
      firstboot(["simulate", "small.yaml", "--json", "--out", out], { cwd, env: { FIRSTBOOT_WORLD: "virtual" } }),
    );
    const outcomes = await Promise.all(runs);
    expect(outcomes).toMatchObject([
      { code: 0, stderr: "" },
      { code: 0, stderr: "" },
    ]);
    const [first, second] = outcomes.map(({ stdout }) => {
      expect(stdout.split("\n")).toHaveLength(2);
      const { virtual, ...report } = JSON.parse(stdout);
      return { ...report, hash: virtual.hash };
    });
    expect(first).toEqual(second);
    expect(JSON.stringify(first)).not.toMatch(/spk-|efk_|PROV-/);
  });

  it("ends with 1 where a threshold does not hold, and so does its replay", async () => {
    const cwd = withScenario(`${small}thresholds: [exchange.p99 < 1ms]\n`);
    expect((await firstboot(virtually, { cwd })).code).toBe(1);
    const again = await firstboot(["replay", "out", "--quiet"], { cwd });
    expect(again).toMatchObject({ code: 1, stderr: "", stdout: expect.stringMatching(same) });
  });

  it("stops politely on Ctrl-C; what was interrupted by hand is not compared", async () => {
    const cwd = withScenario(small.replace("for: 2m", "for: 7d").replace("count: 3", "count: 60"));
    const { child, outcome } = start(process.execPath, [main, ...virtually], { cwd });
    if (child.stderr) await once(child.stderr, "data");
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({ code: 130, stdout: expect.stringMatching(/^INTERRUPTED /) });
    const path = join(cwd, "out/report.json");
    const report = JSON.parse(readFileSync(path, "utf8"));
    report.scenario.phases.steady.for = "1s";
    writeFileSync(path, JSON.stringify(report));
    expect(await firstboot(["replay", "out", "--quiet"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/The run's hash is [0-9a-f]{16}\n$/),
    });
  });

  it.each([
    [["simulate", day], "FB1001", /faults.*--world virtual/],
    [["simulate", "small.yaml", "--world", "moon"], "FB1001", /real, virtual/],
    [[...virtually, "--target", "https://127.0.0.1:1"], "FB1001", /--target does not go with/],
    [[...virtually, "--seed", ""], "FB1001", /--seed is empty/],
    [["simulate", join(scenarios, "msp-rollout.yaml"), "--world", "virtual"], "FB1001", /population acme.*key: \{\}/],
    [["simulate", "gap.yaml", "--world", "virtual"], "FB1002", /there is no blueprint .*missing\.yaml/],
    [[...virtually.slice(0, -1), "small.yaml/out"], "FB1002", /cannot write/],
    [["replay"], "FB1001", /nothing to replay/],
    [["replay", "out", "--scenario", "small.yaml"], "FB1001", /more is given/],
    [["replay", "--seed", "3"], "FB1001", /nothing to replay/],
    [["replay", "missing"], "FB1002", /cannot read missing/],
    [["replay", "small.yaml"], "FB1002", /not a report/],
    [["replay", "--scenario", "small.yaml", "--device", "sites/0004"], "FB1001", /no host "sites\/0004"/],
    [["replay", "--scenario", "small.yaml", "--from", "soon"], "FB1001", /--from is "soon"/],
    [["replay", "--swarm", "-1"], "FB1001", /--swarm/],
  ])("answers %j with one line, and writes nothing", async (args, code, text) => {
    const cwd = withScenario();
    writeFileSync(join(cwd, "gap.yaml"), small.replace("bootstrap.yaml", "missing.yaml"));
    expect(await firstboot(args, { cwd })).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^${code}: [^\\n]*${text.source}[^\\n]*\\n$`)),
    });
    expect(readdirSync(cwd).sort()).toEqual(["bootstrap.yaml", "gap.yaml", "small.yaml"]);
  });
});

describe("firstboot replay", { timeout: 120_000 }, () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = withScenario();
    expect(await firstboot(virtually, { cwd })).toMatchObject({ code: 0 });
  });

  it("shows an example in its help", async () => {
    expect(await firstboot(["replay", "--help"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("$ firstboot replay"),
    });
  });

  it("tells what happened, then the verdict, then that it was the same run", async () => {
    const { code, stdout, stderr } = await firstboot(["replay", "out/report.json"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [trace = "", end = ""] = stdout.split("\n\nPASSED  ");
    for (const line of trace.split("\n")) expect(line).toMatch(/^ *\+\d+\.\d{3} s {2}\S+ +\S/);
    expect(trace).toMatch(/s {2}sites\/0000 +renames newt\.json\.new to newt\.json$/m);
    expect(end).toMatch(same);
    expect(stdout).not.toMatch(/spk-|efk_|PROV-/);
  });

  it("shows the hosts, moments and texts that are asked for", async () => {
    const args = ["replay", "out", "--device", "sites/0000,control-plane", "--device", "boards/0001", "--json"];
    const { code, stdout } = await firstboot([...args, "--from", "1s", "--to", "1m", "--grep", "a"], { cwd });
    const entries = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const end = entries.pop();
    expect({ code, end }).toMatchObject({ code: 0, end: { verdict: "passed", same: true } });
    // What befalls the world is shown whoever is asked for.
    const asked = ["sites/0000", "control-plane", "boards/0001", "the world"];
    expect(new Set(entries.map(({ host }) => host))).toEqual(new Set(asked));
    for (const { at, host, what } of entries) {
      expect(at).toBeGreaterThanOrEqual(1_000);
      expect(at).toBeLessThanOrEqual(60_000);
      expect(`${host} ${what}`).toContain("a");
    }
  });

  it("repeats a scenario with a seed, and a seed of the swarm", async () => {
    const hashOf = async (args: readonly string[]): Promise<string> => {
      const { stdout } = await firstboot(["replay", ...args, "--quiet", "--json"], { cwd });
      expect(stdout.split("\n")).toHaveLength(2);
      return JSON.parse(stdout).hash;
    };
    const { virtual } = JSON.parse(readFileSync(join(cwd, "out/report.json"), "utf8"));
    const file = ["--scenario", "small.yaml"];
    const hashes = await Promise.all([file, [...file, "--seed", "2"], ["--swarm", "3"], ["--swarm", "3"]].map(hashOf));
    const [again, another, swarm, swarmAgain] = hashes;
    expect(again).toBe(virtual.hash);
    expect(another).not.toBe(virtual.hash);
    expect(swarmAgain).toBe(swarm);
  });

  it("says that a run is another one since its scenario was changed", async () => {
    const report = JSON.parse(readFileSync(join(cwd, "out/report.json"), "utf8"));
    report.scenario.faults[0].at = "1500ms";
    mkdirSync(join(cwd, "changed"));
    writeFileSync(join(cwd, "changed/report.json"), JSON.stringify(report));
    expect(await firstboot(["replay", "changed", "--quiet"], { cwd })).toMatchObject({
      code: 1,
      stderr: "",
      stdout: expect.stringMatching(/^PASSED [\s\S]*Not the report's run: [^\n]*has changed since\n$/),
    });
  });

  it.skipIf(!existsSync("/dev/full"))("says in one line that its output cannot be written", async () => {
    const { code, stderr } = await run("sh", ["-c", `"$0" "$1" replay out > /dev/full`, process.execPath, main], {
      cwd,
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: cannot write the output;[^\n]*\n$/),
    });
  });

  it("ends quietly when nobody reads on", async () => {
    const { stdout, stderr } = await run("sh", ["-c", `"$0" "$1" replay out | head -n 2`, process.execPath, main], {
      cwd,
    });
    expect({ lines: stdout.split("\n").length - 1, stderr }).toEqual({ lines: 2, stderr: "" });
  });
});
