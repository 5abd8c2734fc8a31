import { FirstbootError } from "../../../error.js";

/** What to use instead, by what was reached for. */
export const waysOut = {
  time: "use world.clock",
  chance: "use world.random",
  disk: "use world.disk",
  sockets: "use world.network",
  subtle: "use the synchronous functions of node:crypto",
  asynchronous: "use something synchronous",
  machine: "hand it in from outside, as part of what is simulated",
  programs: "do it before or after the run",
} as const;

export type Kind = keyof typeof waysOut;

/** Whether the virtual world runs at this moment, and who of it reached for the machine first. One for each process. */
class Watch {
  on = false;
  #first: FirstbootError | undefined;

  /** Throws FB9002 while the virtual world runs. */
  caught(deed: string, kind: Kind): void {
    if (!this.on) return;
    const error = new FirstbootError("FB9002", { what: `${deed} inside the virtual world`, fix: waysOut[kind] });
    this.#first ??= error;
    throw error;
  }

  /** What was caught first since the last look, also if somebody swallowed it. */
  takeFirst(): FirstbootError | undefined {
    const first = this.#first;
    this.#first = undefined;
    return first;
  }
}

export const watch = new Watch();
