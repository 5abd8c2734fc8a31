import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { z } from "zod";

/** A program of ours that answers in lines. */
export interface Program {
  readonly child: ChildProcess;
  say(line: string): void;
  /** The next line, after a schema. Rejects when there is none any more. */
  hear<T extends z.ZodType>(schema: T): Promise<z.infer<T>>;
  /** Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a node program in a process of its own. */
export function program(...args: readonly string[]): Program {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    say: (line) => void child.stdin.write(`${line}\n`),
    hear: async (schema) => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args.at(-1)} ended`);
      return schema.parse(JSON.parse(value));
    },
    end: async (signal = "SIGTERM") => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
