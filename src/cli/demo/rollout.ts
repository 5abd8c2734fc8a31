import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { z } from "zod";
import { runCommand } from "../child.js";
import { exampleArguments } from "../package.js";

/** An age identity made for one run, kept in a file of mode 0600. */
export interface RunIdentity {
  readonly identity: string;
  readonly recipient: string;
}

export async function makeIdentity(file: string): Promise<RunIdentity> {
  const identity = await generateIdentity();
  await writeFile(file, `${identity}\n`, { mode: 0o600 });
  return { identity, recipient: await identityToRecipient(identity) };
}

const Manifest = z.object({ stacks: z.record(z.string(), z.object({ workingDirectory: z.string() })) });

export interface SynthOptions {
  /** Where the app runs: state and output land below it. */
  readonly directory: string;
  readonly endpoint: string;
  readonly recipient: string;
  readonly devices: number;
  readonly signal: AbortSignal;
}

/** Synthesises the example with the cdktf library; returns the directory of its stack, ready for Terraform. */
export async function synthesise({ directory, endpoint, recipient, devices, signal }: SynthOptions): Promise<string> {
  await mkdir(directory, { recursive: true });
  const out = join(directory, "cdktf.out");
  await runCommand(process.execPath, exampleArguments("msp-rollout"), {
    cwd: directory,
    signal,
    env: {
      CDKTF_OUTDIR: out,
      FIRSTBOOT_ENDPOINT: endpoint,
      FIRSTBOOT_AGE_RECIPIENTS: recipient,
      FIRSTBOOT_DEMO_DEVICES: String(devices),
    },
  });
  const manifest = Manifest.parse(JSON.parse(await readFile(join(out, "manifest.json"), "utf8")));
  const [stack] = Object.values(manifest.stacks);
  if (stack === undefined) throw new Error("the example has no stack");
  return join(out, stack.workingDirectory);
}
