import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { realWorld } from "../../src/world/real/index.js";
import { root, run, scratch, up } from "./command.js";

describe("the npm package", { timeout: 180_000 }, () => {
  const cwd = scratch();
  let packed: string[];
  beforeAll(async () => {
    const pack = await run("npm", ["pack", root, "--ignore-scripts", "--json"], { cwd });
    const [{ filename, files }]: [{ filename: string; files: { path: string }[] }] = JSON.parse(pack.stdout);
    packed = files.map(({ path }) => path);
    writeFileSync(join(cwd, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
    const install = await run(
      "npm",
      ["install", `./${filename}`, "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"],
      { cwd },
    );
    expect(install).toMatchObject({ code: 0 });
    // The one native part is compiled at install time, which takes over a minute; this checkout's is of the same version.
    cpSync(join(root, "node_modules/better-sqlite3/build"), join(cwd, "node_modules/better-sqlite3/build"), {
      recursive: true,
    });
  }, 180_000);

  it("holds what is needed and no more", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "dist/src/cli/main.js",
        "examples/msp-rollout.ts",
        "dist/examples/msp-rollout.js",
      ]),
    );
    expect(packed.filter((path) => /^(test|bench|src|simulator|scripts|\.ci)\/|tsbuildinfo/.test(path))).toEqual([]);
  });

  it("compiles strictly in a user's project, declarations of its own and of its dependencies included", async () => {
    writeFileSync(
      join(cwd, "use.ts"),
      `import { type DeviceEvent, NewtSite, type World } from "firstboot";
       import { Duration } from "firstboot/constructs";
       import { defineScenario, type Report, runScenario } from "firstboot/simulator";
       import { startControlPlane } from "firstboot/testing";
       const scenario = defineScenario({
         name: "one", populations: [{ kind: "newt", name: "sites", count: 1, key: {} }], phases: { enrol: { over: "1s", within: "5s" } },
       });
       export async function prove(world: World): Promise<Report> {
         const { url: endpoint, apiKey, org } = await startControlPlane();
         new NewtSite(world, { configFile: "newt.json", onEvent: (event: DeviceEvent) => void event.type });
         return runScenario({ scenario, baseDirectory: ".", out: String(Duration.days(1)), target: { endpoint, apiKey, org } });
       }`,
    );
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const tsc = [
      "--noEmit",
      "--strict",
      "--module",
      "NodeNext",
      "--target",
      "ES2022",
      "--skipLibCheck",
      "false",
      ...types,
      "use.ts",
    ];
    expect(await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...tsc], { cwd })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("runs `npx firstboot up`, and a device's world against it, from every subpath", async () => {
    writeFileSync(
      join(cwd, "use.mjs"),
      `import { createControlPlane, NewtSite, EdgeFlowDevice, checkBlueprint, version } from "firstboot";
       import { defineScenario, runScenario } from "firstboot/simulator";
       import { CustomerRollout, Duration } from "firstboot/constructs";
       import { startControlPlane } from "firstboot/testing";
       const plane = await startControlPlane();
       const { siteProvisioningKey } = await plane.client.createKey(plane.org, { name: "k", maxBatchSize: 1 });
       const world = await plane.device("box");
       await world.disk.write("newt.json", JSON.stringify({ endpoint: plane.url, provisioningKey: siteProvisioningKey }));
       const online = new Promise((resolve) => {
         const site = new NewtSite(world, { configFile: "newt.json", onEvent: (event) => event.type === "connected" && resolve(site) });
         void site.run();
       });
       await (await online).stop();
       const sites = await plane.client.listSites(plane.org);
       await plane.close();
       console.log(JSON.stringify({ version, sites: sites.length, functions: [createControlPlane, EdgeFlowDevice, checkBlueprint, defineScenario, runScenario, CustomerRollout, Duration.days].every((f) => typeof f === "function") }));`,
    );
    const used = await run(process.execPath, ["use.mjs"], { cwd });
    expect(used).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(used.stdout)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      sites: 1,
      functions: true,
    });

    const { facts, stop } = await up(cwd, ["npx", "firstboot"]);
    const { network } = realWorld({ ca: readFileSync(facts.ca, "utf8") });
    expect(await network.request({ method: "GET", url: `${facts.url}/healthz`, timeoutMs: 5_000 })).toMatchObject({
      status: 200,
    });
    expect((await stop()).code).toBe(0);
  });
});
