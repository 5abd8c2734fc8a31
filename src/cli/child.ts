import { type ChildProcess, spawn } from "node:child_process";
import { FirstbootError, reasonOf } from "../error.js";

export interface CommandOptions {
  readonly cwd: string;
  /** Added to this process's own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end and returns what it printed on stdout. It stands in a process group of its own, so that
 * Ctrl-C reaches it through `signal` alone: once, and in order. Throws FB3002 with its last words if it fails.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<string> {
  stopIfAborted(signal);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  const collected = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    collected.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    collected.stderr += text;
  });
  try {
    const code = await exitOf(child);
    stopIfAborted(signal);
    if (code === 0) return collected.stdout;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  throw new FirstbootError("FB3002", {
    what: `${program} ${args[0] ?? ""} failed`,
    why: lastWords(collected.stderr || collected.stdout),
  });
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new Error("interrupted");
}

/** The exit code; rejects with FB3002 when the program cannot be started. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(
        new FirstbootError("FB3002", { what: "a program could not be started", why: reasonOf(error), cause: error }),
      ),
    );
    child.once("close", (code) => resolve(code));
  });
}

/** The end of a program's output on one line, without colours and frames. */
function lastWords(output: string): string {
  const words = output
    .replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "")
    .replaceAll(/[╷│╵]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return words.length > 600 ? `…${words.slice(-600)}` : words;
}
