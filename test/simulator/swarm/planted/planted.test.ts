import { afterEach, describe, expect, it, vi } from "vitest";
import { blueprintTwice } from "./blueprint-twice.js";
import { lostWakeUp } from "./lost-wake-up.js";
import type { Mutant } from "./mutant.js";
import { renameBeforeFsync } from "./rename-before-fsync.js";
import { useCheckedApart } from "./use-checked-apart.js";
import { usedCredentialRefunded } from "./used-credential-refunded.js";

const root = new URL("../../../../", import.meta.url).pathname;
const mutants = [useCheckedApart, renameBeforeFsync, lostWakeUp, blueprintTwice, usedCredentialRefunded];
/** The same that `swarm.test.ts` finds clean. */
const mostSeeds = 200;

/** The swarm, loaded anew over modules that are not the real ones. */
async function swarmOver({ modules }: Mutant) {
  vi.resetModules();
  for (const { path, replace } of modules) vi.doMock(root + path, replace);
  return import("../../../../simulator/swarm/index.js");
}

describe("the swarm finds within 200 seeds", () => {
  afterEach(() => {
    for (const { path } of mutants.flatMap(({ modules }) => modules)) vi.doUnmock(root + path);
  });

  it.each(mutants)("$name", { timeout: 60_000 }, async (mutant) => {
    const { runSeed } = await swarmOver(mutant);
    let found: string | undefined;
    let seed = 0;
    while (found === undefined && seed < mostSeeds) {
      const { findings } = await runSeed(++seed);
      found = findings.find((finding) => mutant.breaks.test(finding));
    }
    process.stdout.write(`seed ${seed} finds ${mutant.name}: ${found}\n`);
    expect(found).toMatch(mutant.breaks);
  });
});
