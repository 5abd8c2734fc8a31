import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { literal } from "../../constructs/artifacts/literal.js";
import { Blueprint, OnboardingArtifacts, ProvisioningKey } from "../../constructs/index.js";
import { withScratch } from "./scratch.js";
import { synth } from "./synth.js";

const terraform = spawnSync("terraform", ["version"]).status === 0;
/** A dollar, kept apart from the brace behind it. */
const $ = "$";
const hostile = [
  `${$}{var.x}`,
  "%{ if true }",
  `$${$}{a}`,
  `$$${$}{a}`,
  "%%{b}",
  "$%{c}",
  `%${$}{d}`,
  "{{env.X}}",
  "$ { % {",
];

test.skipIf(!terraform)("whatever looks like Terraform's templates arrives from the real Terraform as it was", () => {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
  const value = hostile.map((text) => literal(`a: ${text}\n`));
  const printed = withScratch((cwd) => {
    writeFileSync(join(cwd, "main.tf.json"), JSON.stringify({ output: { all: { value } } }));
    execFileSync("terraform", ["apply", "-auto-approve", "-input=false"], { cwd, env, stdio: "pipe" });
    return execFileSync("terraform", ["output", "-json"], { cwd, env, encoding: "utf8", stdio: "pipe" });
  });
  expect(JSON.parse(printed).all.value).toEqual(hostile.map((text) => `a: ${text}\n`));
});

test("blueprints and site names in artefacts are written so", () => {
  const { output } = synth((stack) => {
    const blueprint = Blueprint.fromYaml(stack, "blueprint", `sites: {a: {name: "${$}{HOME} %{x}"}}`);
    const key = new ProvisioningKey(stack, "key", { name: "acme", maxUsage: 1 });
    new OnboardingArtifacts(stack, "all").newtConfig({
      endpoint: "https://a.example.com",
      key,
      name: `${$}{n}`,
      blueprint,
    });
  });
  const text = JSON.stringify(output.all?.value);
  expect(text).toContain(`$${$}{HOME} %%{x}`);
  expect(text).toContain(`$${$}{n}`);
});
