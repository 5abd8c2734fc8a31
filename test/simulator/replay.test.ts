import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  defineScenario,
  describeScenario,
  readInputs,
  runScenario,
  runVirtually,
  type ScenarioInput,
} from "../../simulator/index.js";
import { realWorld } from "../../src/world/real/index.js";

const { disk } = realWorld();

const written = {
  name: "five",
  seed: "replay",
  populations: [
    { name: "sites", kind: "newt", count: 3, key: {}, blueprint: "bootstrap.yaml" },
    { name: "boards", kind: "edgeflow", count: 2, codes: {}, link: "mobile" },
  ],
  phases: { enrol: { over: "2s", within: "5m" }, steady: { for: "2m", healthCheck: true } },
  faults: [
    { fault: "control-plane-crash", at: "1s" },
    { fault: "power-loss", at: "30s", share: 0.4 },
  ],
} satisfies ScenarioInput;

describe("a virtual run again", () => {
  it("is the same run from the scenario's description, and another one from another seed", async () => {
    const scenario = defineScenario(written);
    const inputs = await readInputs(disk, "examples/scenarios", scenario);
    const hashOf = async (input: ScenarioInput) =>
      (await runVirtually({ scenario: defineScenario(input), inputs })).hash;
    const first = await runVirtually({ scenario, inputs });
    expect(first.report.verdict).toBe("passed");
    expect(await hashOf(describeScenario(scenario))).toBe(first.hash);
    expect(await hashOf({ ...written, seed: "another" })).not.toBe(first.hash);
  });
});

describe("the inputs of a virtual run", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "firstboot-inputs-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const scenarioWith = (blueprint: string, more: { governing?: string } = {}) =>
    defineScenario({ ...written, populations: [{ name: "a", kind: "newt", count: 1, key: {}, blueprint, ...more }] });

  it("are the texts of the files it names, by the names it gives them", async () => {
    await writeFile(join(directory, "b.yaml"), "public-resources: {}\n");
    const text = await readFile(join(directory, "b.yaml"), "utf8");
    for (const name of ["b.yaml", "./x/../b.yaml", join(directory, "b.yaml")]) {
      expect([...(await readInputs(disk, directory, scenarioWith(name)))]).toEqual([[name, text]]);
    }
  });

  it("are those of bootstrap blueprints and of governing ones", async () => {
    for (const name of ["once.yaml", "site.yaml"]) await writeFile(join(directory, name), name);
    const inputs = await readInputs(disk, directory, scenarioWith("once.yaml", { governing: "site.yaml" }));
    expect([...inputs]).toEqual([
      ["once.yaml", "once.yaml"],
      ["site.yaml", "site.yaml"],
    ]);
  });

  it.each(["missing.yaml", "."])("are refused where %j is no file", async (name) => {
    await expect(readInputs(disk, directory, scenarioWith(name))).rejects.toMatchObject({ code: "FB1002" });
  });

  it("are refused where a population has the keys of a real server", async () => {
    const boards = { name: "boards", kind: "edgeflow" as const, count: 2, artifacts: "bundle" };
    const scenario = defineScenario({ ...written, populations: [boards] });
    await expect(readInputs(disk, directory, scenario)).rejects.toMatchObject({
      code: "FB1001",
      what: "population boards has artefacts",
      fix: expect.stringContaining('"codes: {}"'),
    });
  });
});

it("a scenario with faults is not run in the real world, before anything is asked of the target", async () => {
  const target = { endpoint: "https://127.0.0.1:9", apiKey: "a.b", org: "default" };
  const run = runScenario({ scenario: defineScenario(written), baseDirectory: ".", target, out: "/dev/null/out" });
  await expect(run).rejects.toMatchObject({ code: "FB1001", fix: expect.stringContaining("--world virtual") });
});
