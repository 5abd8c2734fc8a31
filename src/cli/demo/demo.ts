import { mkdir, rm } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { type Report, verdictTable } from "../../../simulator/index.js";
import { exitCodes } from "../../error.js";
import { installProvider } from "../../provider/mirror.js";
import { DataDirectory } from "../../server/data-directory.js";
import { Lock } from "../../server/lock.js";
import { realWorld } from "../../world/real/index.js";
import { openArtifacts } from "../artifacts/open.js";
import { exitCodeOf } from "../fleet/simulate.js";
import { print } from "../output.js";
import { providerBundle } from "../package.js";
import { type PlaneProcess, startPlane } from "../plane-process.js";
import { applyDirectly } from "./direct.js";
import { proveRollout } from "./fleet.js";
import { makeIdentity, synthesise } from "./rollout.js";
import { step } from "./step.js";
import { applyStack, findTerraform } from "./terraform.js";

/** Where cdktf has Terraform keep the example's state, below the directory that the app runs in. */
const stateFile = "terraform.msp-rollout.tfstate";

export interface DemoOptions {
  /** Everything the demo writes is below it, in `demo` and `report`. */
  readonly directory: string;
  readonly devices: number;
  readonly signal: AbortSignal;
}

/**
 * The main job: a control plane, a rollout declared, deployed and proved. Returns the exit code: 0 only if the verdict is
 * passed. However it ends, the control plane's process ends with it.
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const directory = resolve(options.directory, "demo");
  await startAfresh(directory);
  const started = performance.now();
  const log = join(directory, "plane.log");
  const plane = await step(
    "control plane",
    () => startPlane(join(directory, "plane"), log),
    ({ target }) => `${target.endpoint}, TLS by its own CA, SQLite in ${shown(join(directory, "plane"))}`,
  );
  try {
    const report = await rollOut(options, directory, plane, log);
    for (const line of ["", ...verdictTable(report), ""]) print(line);
    print(`report: ${shown(resolve(options.directory, "report", "report.html"))}`);
    print(`took ${((performance.now() - started) / 1000).toFixed(1)} s in all`);
    return exitCodeOf(report);
  } catch (error) {
    if (options.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await plane.close();
  }
}

/** Removes what an earlier demo left, once it is certain that none is running there. */
async function startAfresh(directory: string): Promise<void> {
  const { disk } = realWorld();
  await new DataDirectory(directory, disk).prepare();
  const left = await disk.list(directory);
  if (left.includes("plane")) Lock.take(join(directory, "plane", "lock")).release();
  if (left.length > 0) print(`starting afresh: ${shown(directory)} of an earlier run is removed`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

async function rollOut(
  { directory: base, devices, signal }: DemoOptions,
  directory: string,
  { target }: PlaneProcess,
  log: string,
): Promise<Report> {
  const { identity, recipient } = await makeIdentity(join(directory, "identity.txt"));
  const rollout = join(directory, "rollout");
  const stack = await step(
    "declare: examples/msp-rollout.ts, through cdktf",
    () => synthesise({ directory: rollout, endpoint: target.endpoint, recipient, devices, signal }),
    (path) => `stack ${basename(path)}`,
  );

  const terraform = await findTerraform({ cwd: directory, env: {}, signal });
  const outputs = await step(
    "version" in terraform
      ? `deploy: Terraform ${terraform.version}, firstboot provider`
      : "deploy: through the control plane's API",
    async (say) => {
      if ("missing" in terraform) {
        say(
          `${terraform.missing}: get it from https://developer.hashicorp.com/terraform/install; the same keys are made through the API`,
        );
        return applyDirectly(stack, target, signal);
      }
      const { cliConfigFile } = await installProvider({
        directory: join(directory, "terraform"),
        bundle: providerBundle,
      });
      return applyStack({ cwd: stack, signal, env: terraformEnvironment(target, cliConfigFile) });
    },
  );

  const artifacts = join(directory, "artifacts");
  await step(
    "artifacts open: templates and sealed secrets joined",
    () => openArtifacts({ json: outputs, identity, out: artifacts }),
    (files) => `${files.length} files`,
  );

  return step(
    `prove: ${devices} virtual devices over HTTPS and WebSockets`,
    (say) =>
      proveRollout({
        devices,
        target,
        artifacts,
        out: join(directory, "fleet"),
        reports: resolve(base, "report"),
        evidenceFiles: [log, join(stack, "cdk.tf.json"), ...("version" in terraform ? [join(rollout, stateFile)] : [])],
        signal,
        say,
      }),
    ({ verdict }) => verdict,
  );
}

function terraformEnvironment(
  { endpoint, apiKey, org, ca }: PlaneProcess["target"],
  cliConfigFile: string,
): Record<string, string> {
  return {
    FIRSTBOOT_ENDPOINT: endpoint,
    FIRSTBOOT_API_KEY: apiKey,
    FIRSTBOOT_ORG: org,
    FIRSTBOOT_CA_PEM: ca,
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
}

/** A path as a person in this directory would write it. */
function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}
