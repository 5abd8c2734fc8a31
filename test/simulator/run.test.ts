import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineScenario, Report, runScenario, type ScenarioInput } from "../../simulator/index.js";
import { startControlPlane, type TestControlPlane } from "../../src/testing/index.js";
import { type HttpRequest, NetworkError } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";
import type { World } from "../../src/world/world.js";
import { changed } from "../changed.js";

const scenario = defineScenario({
  name: "twenty",
  seed: "run-test",
  populations: [
    {
      name: "pending",
      kind: "newt",
      count: 8,
      heartbeat: "200ms",
      key: { approveNewSites: false },
      surplus: 1,
      blueprint: "bootstrap.yaml",
    },
    { name: "stock", kind: "newt", count: 4, heartbeat: "200ms", key: {}, blueprint: "bootstrap.yaml" },
    { name: "boards", kind: "edgeflow", count: 8, heartbeat: "200ms", codes: {}, surplus: 1 },
  ],
  phases: {
    enrol: { over: "300ms", within: "15s" },
    steady: { for: "500ms", healthCheck: true },
    restart: { over: "200ms", within: "15s" },
    approve: true,
  },
  thresholds: [
    "enrolled == 100%",
    "restarted == 100%",
    "refused == 2",
    "answered == 100%",
    "approved == 8",
    "online == 100%",
    "blueprints == 12",
    "heartbeat.count > 0",
    "failures == 0",
    "violations == 0",
  ],
});

type PopulationInput = ScenarioInput["populations"][number];

function one(population: PopulationInput) {
  return defineScenario({ name: "one", populations: [population], phases: { enrol: { over: "0s", within: "10s" } } });
}

const oneResource = `
public-resources:
  web:
    name: web
    protocol: http
    full-domain: web.example.com
    targets: [{ hostname: 127.0.0.1, port: 80, method: http }]
`;

/** The network of a world in which some requests get no answer. */
function lost(world: World, isLost: (request: HttpRequest) => boolean): World["network"]["request"] {
  return (request) =>
    isLost(request) ? Promise.reject(new NetworkError("out of order")) : world.network.request(request);
}

const withKey = one({ name: "only", kind: "newt", count: 1, key: {} });

describe("a run against a control plane", () => {
  let plane: TestControlPlane;
  let directory: string;
  let target: { endpoint: string; apiKey: string; org: string; ca: string };

  beforeAll(async () => {
    plane = await startControlPlane();
    directory = join(plane.directory, "simulation");
    target = { endpoint: plane.url, apiKey: plane.apiKey, org: plane.org, ca: plane.ca?.pem ?? "" };
  });
  afterAll(() => plane.close());

  const run = (more: Partial<Parameters<typeof runScenario>[0]> = {}) =>
    runScenario({ scenario, baseDirectory: "examples/scenarios", target, out: join(directory, "out"), ...more });

  it("enrols, refuses, holds, restarts and approves a fleet, and every promise holds", async () => {
    const phases = new Set<string>();
    const report = await run({ onProgress: ({ phase }) => phases.add(phase) });
    expect(report.invariants.filter(({ held }) => !held)).toEqual([]);
    expect(report.thresholds.filter(({ held }) => !held)).toEqual([]);
    expect(report.verdict).toBe("passed");
    expect(Report.parse(report)).toEqual(report);
    expect([...phases]).toEqual(["enrol", "refuse", "steady", "restart", "approve"]);
    expect(report.refusals.map(({ reason, expected }) => [reason, expected])).toEqual([
      ["Provisioning key has reached its maximum usage", true],
      ["Provisioning code has already been used", true],
    ]);
    expect(report.latencies.map(({ step }) => step)).toEqual([
      ...["exchange", "persist", "token", "connect", "blueprint", "heartbeat", "command", "provision", "restart"],
    ]);
    expect(report.series.online.at(-1)).toBe(0);
    expect(Math.max(...report.series.online)).toBe(20);
  });

  it("leaves no key on the devices' disks and no secret in its report", async () => {
    const report = JSON.stringify(await run({ scenario: { ...scenario, seed: "another" } }));
    const devices = join(directory, "out", "devices");
    for (const name of await readdir(join(devices, "pending"))) {
      const config = join(devices, "pending", name, "newt.json");
      const { secret } = JSON.parse(await readFile(config, "utf8"));
      expect((await stat(config)).mode & 0o777).toBe(0o600);
      expect(report).not.toContain(secret);
    }
    for (const name of await readdir(devices, { recursive: true })) {
      const path = join(devices, name);
      if ((await stat(path)).isFile()) expect(await readFile(path, "utf8")).not.toMatch(/spk-/);
    }
    expect(report).not.toMatch(/spk-|efk_|PROV-/);
    expect(report).not.toContain(plane.apiKey);
  });

  it("says FB1001 when the target knows the seed's devices from an earlier run, before anything is made there", async () => {
    const before = await plane.client.listKeys(target.org);
    await expect(run()).rejects.toMatchObject({ code: "FB1001", fix: "give another --seed, or a fresh target" });
    expect(await plane.client.listKeys(target.org)).toEqual(before);
  });

  it("makes nothing on the target when a later population's files are missing", async () => {
    const before = await plane.client.listKeys(target.org);
    const [first] = withKey.populations;
    const second = { ...first, name: "second", blueprint: "missing.yaml" };
    const both = { ...withKey, populations: [first, second] } as typeof withKey;
    await expect(run({ scenario: both })).rejects.toMatchObject({ code: "FB1002" });
    expect(await plane.client.listKeys(target.org)).toEqual(before);
  });

  it("fails when the server refuses the devices' blueprints, as it does a resource of another site", async () => {
    const blueprint = join(directory, "one-resource.yaml");
    await writeFile(blueprint, oneResource);
    const report = await run({ scenario: one({ name: "rivals", kind: "newt", count: 3, key: {}, blueprint }) });
    expect(report.failures).toContainEqual(expect.objectContaining({ kind: "blueprint refused", count: 2 }));
    const broken = report.invariants.filter(({ held }) => !held).map(({ name }) => name);
    expect(broken).toEqual(["bootstrap blueprint once"]);
  });

  it("gives devices the files of a directory of artefacts, one .env file to each board", async () => {
    const first = await run({ scenario: withKey });
    expect(first.verdict).toBe("passed");
    const artifacts = await mkdtemp(join(directory, "artifacts-"));
    const kept = join(directory, "out", "devices", "only", "0000", "newt.json");
    await writeFile(join(artifacts, "newt.json"), await readFile(kept, "utf8"));
    const again = await run({
      scenario: one({ name: "only", kind: "newt", count: 1, artifacts }),
      out: join(directory, "copy"),
    });
    expect(again.populations).toMatchObject([{ source: "artifacts", enrolled: 1 }]);
    expect(again.latencies.map(({ step }) => step)).not.toContain("exchange");
    const boards = one({ name: "boards", kind: "edgeflow", count: 1, artifacts });
    await expect(run({ scenario: boards })).rejects.toMatchObject({ code: "FB1003" });
  });

  it("fails when a file given as evidence holds a secret of the run", async () => {
    const log = join(directory, "server.log");
    await writeFile(log, `request with ${plane.apiKey}\n`);
    const report = await run({ scenario: withKey, evidenceFiles: [log] });
    expect(report.verdict).toBe("failed");
    expect(report.invariants.filter(({ held }) => !held).map(({ name }) => name)).toEqual(["no secret in logs"]);
  });

  it("stops politely when it is interrupted, and reports what ran", async () => {
    const interrupt = new AbortController();
    const report = await run({
      scenario: { ...scenario, seed: "interrupted" },
      signal: interrupt.signal,
      onProgress: ({ phase, done }) => phase === "enrol" && done >= 5 && interrupt.abort(),
    });
    expect(report).toMatchObject({ verdict: "interrupted", interrupted: true });
    expect(report.phases.map(({ name }) => name)).toEqual(["enrol"]);
    expect(report.phases[0]?.done).toBeGreaterThanOrEqual(5);
    expect(report.invariants.filter(({ held }) => !held)).toEqual([]);
    expect(report.series.online.at(-1)).toBe(0);
  });

  it("says FB1002 for a directory it cannot write to, before anything is made on the target", async () => {
    const before = await plane.client.listKeys(target.org);
    await writeFile(join(directory, "file"), "");
    await expect(run({ out: join(directory, "file", "out") })).rejects.toMatchObject({ code: "FB1002" });
    expect(await plane.client.listKeys(target.org)).toEqual(before);
  });

  it("starts a stock site again, as its supervisor would, until its exchange succeeds", async () => {
    const machine = realWorld({ ca: target.ca });
    const soon = changed(machine.clock, { after: (_, fn) => machine.clock.after(1, fn) });
    let exchanges = 0;
    const report = await run({
      scenario: one({ name: "stock", kind: "newt", persona: "newt", count: 1, key: {} }),
      world: { ...machine, clock: soon },
      box: (spec) => ({
        boot: (log) => {
          const world = realWorld({ ...spec, log });
          return { ...world, network: changed(world.network, { request: lost(world, () => ++exchanges <= 2) }) };
        },
        cutPower: () => {},
        returnsAfterMs: () => 0,
      }),
    });
    expect(report.verdict).toBe("passed");
    expect(report.failures).toEqual([{ kind: "exchange network", count: 2, example: "out of order" }]);
  });

  it("judges a run whose target is lost at its end: what cannot be judged does not hold", async () => {
    const machine = realWorld({ ca: target.ca });
    const request = lost(machine, ({ url }) => url.includes("/blueprints"));
    const report = await run({
      scenario: { ...withKey, phases: { ...withKey.phases, approve: true } },
      world: { ...machine, network: changed(machine.network, { request }) },
    });
    expect(report.verdict).toBe("failed");
    expect(report.populations).toMatchObject([{ enrolled: 1 }]);
    expect(report.failures.map(({ kind }) => kind)).toEqual(["evidence"]);
    expect(report.invariants.filter(({ held }) => !held)).toHaveLength(4);
  });

  it("says FB3001 when nobody answers", async () => {
    const nobody = { ...target, endpoint: "https://127.0.0.1:9" };
    await expect(run({ target: nobody })).rejects.toMatchObject({ code: "FB3001" });
  });
});
