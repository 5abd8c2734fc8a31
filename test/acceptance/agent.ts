import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { main, type Outcome, type RunOptions, start } from "./command.js";

/** What an agent writes for each event under `--json`. */
export type AgentEvent = { readonly type: string; readonly [field: string]: unknown };

export interface RunningAgent {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** The next event that fits, from those that were not looked at yet. Rejects if the agent ends before. */
  next(fits: (event: AgentEvent) => boolean): Promise<AgentEvent>;
}

/** Starts an agent of `firstboot` as it was built, with `--json`. */
export function startAgent(args: readonly string[], options: RunOptions): RunningAgent {
  const { child, outcome } = start(process.execPath, [main, ...args, "--json"], options);
  if (!child.stdout) throw new Error("stdout is not piped");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    outcome,
    async next(fits) {
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        const event: AgentEvent = JSON.parse(line.value);
        if (fits(event)) return event;
      }
      throw new Error(`it ended: ${(await outcome).stderr}`);
    },
  };
}
