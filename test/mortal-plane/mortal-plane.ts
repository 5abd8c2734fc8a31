import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const betterSqlite = here("../../node_modules/better-sqlite3/lib/index.js");
const cached = here("cached.cjs");

/** Bundles the child into one script in a directory: production code from its sources, there in a fraction of the time. */
export async function bundleChild(directory: string): Promise<string> {
  const script = join(directory, "mortal-plane.cjs");
  await build({
    entryPoints: [here("child.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    target: "node20",
    alias: { undici: here("no-client.ts"), "better-sqlite3": betterSqlite },
    external: [betterSqlite],
    // What is found beside a source is found beside it still.
    define: { "import.meta.url": JSON.stringify(pathToFileURL(here("../../src/version.ts")).href) },
    logLevel: "warning",
  });
  execFileSync(process.execPath, [cached, script], { stdio: "ignore" });
  return script;
}

/** Starts a child that loads and waits. A program such as `unshare` with its arguments may come before node. */
export function raise(script: string, wrapper: readonly string[] = []): ChildProcess {
  const [program = process.execPath, ...args] = [...wrapper, process.execPath, cached, script];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  // Whoever is killed while it is spoken to says so by its exit.
  child.stdin.on("error", () => {});
  return child;
}

/** Kills a child; resolves when it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Lets a child serve from a database file; resolves with its URL when it does. */
export async function wake(child: ChildProcess, database: string): Promise<string> {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error("a piped stream is missing");
  const port = once(createInterface({ input: stdout }), "line").then(([line]) => String(line));
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`the control plane ended before it was ready: ${code ?? signal}`);
  });
  stdin.write(`${database}\n`);
  return `http://127.0.0.1:${await Promise.race([port, ended])}`;
}

/** Children of one script, one of them always loaded before it is wanted. */
export class Nursery {
  readonly #children: ChildProcess[] = [];
  #next: ChildProcess;

  constructor(private readonly script: string) {
    this.#next = this.#raise();
  }

  /** A child that serves from a database file. */
  async wake(database: string): Promise<{ readonly url: string; kill(): Promise<void> }> {
    const child = this.#next;
    this.#next = this.#raise();
    return { url: await wake(child, database), kill: () => end(child) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(end));
  }

  #raise(): ChildProcess {
    const child = raise(this.script);
    this.#children.push(child);
    return child;
  }
}
