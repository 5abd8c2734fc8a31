import { copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { has } from "../needs.js";
import { firstboot, type Outcome, root, run, scratch, up } from "./command.js";

/** A project beside the package: the example and cdktf.json as they are, state and output of its own. */
function project(): string {
  const cwd = scratch();
  copyFileSync(join(root, "cdktf.json"), join(cwd, "cdktf.json"));
  for (const name of ["node_modules", "examples"]) symlinkSync(join(root, name), join(cwd, name));
  return cwd;
}

describe.skipIf(!has.terraform)("cdktf on the example (needs terraform)", { timeout: 120_000 }, () => {
  const cwd = project();
  let plane: Awaited<ReturnType<typeof up>>;
  let env: Record<string, string>;
  let identity: string;
  const cdktf = (...args: string[]): Promise<Outcome> =>
    run(process.execPath, [join(root, "node_modules/.bin/cdktf"), ...args], { cwd, env });
  const keys = async (): Promise<{ name: string; maxBatchSize: number; approveNewSites: boolean; numUsed: number }[]> =>
    JSON.parse((await firstboot(["keys", "list", "--json"], { cwd })).stdout);

  beforeAll(async () => {
    plane = await up(cwd);
    identity = await generateIdentity();
    const installed = await firstboot(["provider", "install", "--json"], { cwd });
    const { cliConfigFile }: { cliConfigFile: string } = JSON.parse(installed.stdout);
    env = {
      FIRSTBOOT_ENDPOINT: plane.facts.url,
      FIRSTBOOT_API_KEY: plane.facts.apiKey,
      FIRSTBOOT_ORG: plane.facts.org,
      FIRSTBOOT_CA_PEM: readFileSync(plane.facts.ca, "utf8"),
      FIRSTBOOT_AGE_RECIPIENTS: await identityToRecipient(identity),
      TF_CLI_CONFIG_FILE: cliConfigFile,
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CI: "1",
    };
  });
  afterAll(async () => {
    expect((await plane.stop()).code).toBe(0);
  });

  it("synthesises", async () => {
    expect(await cdktf("synth")).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, "cdktf.out/stacks/msp-rollout/cdk.tf.json"))).toBe(true);
  });

  it("deploys two keys and a batch of codes as declared", async () => {
    expect(await cdktf("deploy", "--auto-approve")).toMatchObject({ code: 0 });
    expect(
      (await keys())
        .map(({ name, maxBatchSize, approveNewSites }) => ({ name, maxBatchSize, approveNewSites }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    ).toEqual([
      { name: "acme", maxBatchSize: 125, approveNewSites: false },
      { name: "globex", maxBatchSize: 125, approveNewSites: true },
    ]);
  });

  it("has an empty plan afterwards", async () => {
    const stack = join(cwd, "cdktf.out/stacks/msp-rollout");
    const plan = await run("terraform", ["plan", "-input=false", "-detailed-exitcode", "-no-color"], {
      cwd: stack,
      env,
    });
    expect(`${plan.code} ${plan.stderr}`).toBe("0 ");
  });

  it("gives artefacts that `artifacts open` joins, each file private", async () => {
    const stack = join(cwd, "cdktf.out/stacks/msp-rollout");
    const { stdout } = await run("terraform", ["output", "-json"], { cwd: stack, env });
    writeFileSync(join(cwd, "outputs.json"), stdout);
    writeFileSync(join(cwd, "identity.txt"), `${identity}\n`, { mode: 0o600 });
    expect(stdout).not.toMatch(/spk-\w{15}\.|PROV-\w{4}-\w{4}/);
    const opened = await firstboot(
      ["artifacts", "open", "--from", "outputs.json", "--identity", "identity.txt", "--out", "bundle", "--json"],
      { cwd },
    );
    expect(JSON.parse(opened.stdout).files).toHaveLength(2 * 2 + 50);
    expect(readFileSync(join(cwd, "bundle/acme/newt.json"), "utf8")).toMatch(/spk-[a-z0-9]{15}\.[a-z2-7]{40}/);
  });

  it("destroys what it made", async () => {
    expect(await cdktf("destroy", "--auto-approve")).toMatchObject({ code: 0 });
    expect(await keys()).toEqual([]);
  });
});
