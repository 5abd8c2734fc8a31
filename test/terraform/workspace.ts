import { type ChildProcess, execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasTerraform = spawnSync("terraform", ["version"], { env: { PATH: process.env.PATH } }).status === 0;

export interface Outcome {
  readonly status: number;
  /** stdout and stderr. */
  readonly output: string;
}

interface Started {
  readonly child: ChildProcess;
  /** What it has said so far. */
  output(): string;
  readonly outcome: Promise<Outcome>;
}

interface Instance {
  readonly mode: string;
  readonly status?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A directory with a Terraform configuration, and Terraform in it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "workspace-"));

  constructor(readonly env: Readonly<Record<string, string>>) {}

  /** Replaces the configuration. */
  write(configuration: string): void {
    writeFileSync(join(this.folder, "main.tf"), configuration);
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  start(...args: readonly string[]): Started {
    const options = { cwd: this.folder, env: this.#environment(), maxBuffer: 1 << 26 };
    const child = execFile("terraform", args, options);
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => output.push(text));
    const outcome = once(child, "close").then(([status]) => ({ status: status ?? -1, output: output.join("") }));
    return { child, output: () => output.join(""), outcome };
  }

  /** Runs and expects success. */
  async ok(...args: readonly string[]): Promise<string> {
    const { status, output } = await this.run(...args);
    if (status !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${status}:\n${output}`);
    return output;
  }

  apply(...args: readonly string[]): Promise<string> {
    return this.ok("apply", "-auto-approve", "-no-color", ...args);
  }

  /** 0: nothing to do; 2: changes. */
  async plan(...args: readonly string[]): Promise<Outcome> {
    return this.run("plan", "-detailed-exitcode", "-no-color", ...args);
  }

  /** The attributes of a resource in state, by address without index. */
  state(address: string): Readonly<Record<string, unknown>> | undefined {
    return this.instances(address)[0]?.attributes;
  }

  instances(address: string): readonly Instance[] {
    const { resources } = JSON.parse(readFileSync(join(this.folder, "terraform.tfstate"), "utf8"));
    const [type, name] = address.split(".");
    const found = resources.find((item: { type: string; name: string }) => item.type === type && item.name === name);
    return found?.instances ?? [];
  }

  /** Every byte of every file here, to look for what must not be there. */
  contents(): string {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.folder, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...this.env };
  }
}
