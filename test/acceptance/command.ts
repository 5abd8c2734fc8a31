import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const main = join(root, "dist/src/cli/main.js");

/** A new empty directory. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), "firstboot-acceptance-"));
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes on standard input; nothing if absent. */
  readonly input?: string;
}

/** This process's environment without what would steer firstboot or Terraform, and with `env`. */
function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(FIRSTBOOT_|TF_|VITEST|NODE_ENV)/.test(name));
  return { ...Object.fromEntries(own), CHECKPOINT_DISABLE: "1", ...env };
}

/** A program at work. */
export function start(
  program: string,
  args: readonly string[],
  { cwd, env, input = "" }: RunOptions,
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(program, args, { cwd, env: environment(env), stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}).end(input); // It may end without reading.
  const collected = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    collected.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    collected.stderr += text;
  });
  return { child, outcome: once(child, "close").then(([code]) => ({ code, ...collected })) };
}

export function run(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return start(program, args, options).outcome;
}

/** Runs `firstboot` as it was built. */
export function firstboot(args: readonly string[], options: RunOptions): Promise<Outcome> {
  return run(process.execPath, [main, ...args], options);
}

export interface UpFacts {
  readonly url: string;
  readonly apiKey: string;
  readonly org: string;
  readonly ca: string;
  readonly dashboard: string;
  readonly exitNode: null;
  readonly pid: number;
}

/** `firstboot up --json` on a free port, ready; `command` is how it is called, as built if absent. */
export async function up(
  cwd: string,
  command: readonly [string, ...string[]] = [process.execPath, main],
): Promise<{ facts: UpFacts; stop(signal?: NodeJS.Signals): Promise<Outcome> }> {
  const [program, ...args] = command;
  const { child, outcome } = start(program, [...args, "up", "--json", "--port", "0"], { cwd });
  if (!child.stdout) throw new Error("stdout is not piped");
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const facts: UpFacts = JSON.parse(String(line));
  return {
    facts,
    stop: (signal = "SIGTERM") => {
      process.kill(facts.pid, signal);
      return outcome;
    },
  };
}

/** All files below a directory with their paths. */
export function filesBelow(directory: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, "latin1") }));
}
