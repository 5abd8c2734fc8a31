// A command that comes while a commit runs wakes nobody: it waits for the next one that comes so.
import type * as batches from "../../../../src/control-plane/store/batch.js";
import type { Tx } from "../../../../src/control-plane/store/schema.js";
import { type Mutant, replaced } from "./mutant.js";

function sleepy(real: typeof batches): typeof batches {
  class Batch extends real.Batch {
    #running = 0;
    readonly #asleep: (() => void)[] = [];

    override run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        const commit = (): void => {
          this.#running += 1;
          const done = super.run(work).finally(() => {
            this.#running -= 1;
          });
          done.then(resolve, reject);
        };
        if (this.#running === 0) return commit();
        for (const start of this.#asleep.splice(0)) start();
        this.#asleep.push(commit);
      });
    }
  }
  return { ...real, Batch };
}

export const lostWakeUp: Mutant = {
  name: "a lost wake-up",
  breaks: /^(failures == 0|approved == 100%)/,
  modules: [replaced<typeof batches>("src/control-plane/store/batch.ts", sleepy)],
};
