import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withScratch } from "./scratch.js";
import { recipient } from "./synth.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the example as an app of its own; returns the synthesised stack without the state's place on this machine. */
function synthesise(app: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const text = withScratch((directory) => {
    execFileSync(process.execPath, app, { cwd: root, env: { ...process.env, ...env, CDKTF_OUTDIR: directory } });
    return readFileSync(join(directory, "stacks/msp-rollout/cdk.tf.json"), "utf8");
  });
  const { terraform, ...stack } = JSON.parse(text);
  const { backend, ...settings } = terraform;
  expect(backend.local.path).toMatch(/terraform\.msp-rollout\.tfstate$/);
  return `${JSON.stringify({ ...stack, terraform: settings }, null, 2)}\n`;
}

const source = ["--import", "tsx", join(root, "examples/msp-rollout.ts")];
const compiled = [join(root, "dist/examples/msp-rollout.js")];

test("the example synthesises to the stack that is kept beside this test", async () => {
  await expect(synthesise(source)).toMatchFileSnapshot("snapshots/msp-rollout.json");
});

test("compiled and given recipients, it holds no plain secret", async () => {
  const stack = synthesise(compiled, { FIRSTBOOT_AGE_RECIPIENTS: recipient });
  await expect(stack).toMatchFileSnapshot("snapshots/msp-rollout-sealed.json");
  expect(stack).not.toMatch(/\.(key|codes)\b[^_]*}"/);
  expect(stack).not.toContain('"sensitive"');
});

test("the number of devices is shared out, and every device has its use or code", () => {
  const stack = JSON.parse(synthesise(compiled, { FIRSTBOOT_DEMO_DEVICES: "2000" }));
  const { firstboot_provisioning_key: keys, firstboot_provisioning_code: codes } = stack.resource;
  const uses = Object.values<{ max_usage: number }>(keys).map(({ max_usage }) => max_usage);
  expect([...uses, codes.edgeflow.quantity]).toEqual([833, 833, 334]);
});
