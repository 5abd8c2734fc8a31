import { join } from "node:path/posix";
import { FirstbootError, reasonOf } from "../../src/error.js";
import type { Disk } from "../../src/world/disk.js";
import type { Scenario } from "../scenario.js";

/**
 * Reads the files that a scenario names, so that it can be run in the virtual world: their texts by the paths that it
 * names them with. Relative paths start from `directory`. Throws FB1001 where the scenario needs a real server, FB1002
 * for a file that cannot be read.
 */
export async function readInputs(disk: Disk, directory: string, scenario: Scenario): Promise<Map<string, string>> {
  refuseArtifacts(scenario);
  const inputs = new Map<string, string>();
  for (const population of scenario.populations) {
    if (population.kind !== "newt") continue;
    for (const name of [population.blueprint, population.governing]) {
      if (name === undefined) continue;
      const path = name.startsWith("/") ? name : join(directory, name);
      inputs.set(name, await readText(disk, path));
    }
  }
  return inputs;
}

/** Throws FB1001 for a population with artefacts: the virtual world's control plane does not know their keys. */
export function refuseArtifacts({ populations }: Scenario): void {
  const found = populations.find(({ artifacts }) => artifacts !== undefined);
  if (!found) return;
  const source = found.kind === "newt" ? "key: {}" : "codes: {}";
  throw new FirstbootError("FB1001", {
    what: `population ${found.name} has artefacts`,
    why: "they hold keys of a real server, which the virtual world's control plane does not know",
    fix: `give it "${source}" instead, or run the scenario in the real world`,
  });
}

async function readText(disk: Disk, path: string): Promise<string> {
  const bytes = await disk.read(path).catch((error: unknown) => {
    throw new FirstbootError("FB1002", { what: `cannot read ${path}`, why: reasonOf(error), cause: error });
  });
  if (bytes) return bytes.toString("utf8");
  throw new FirstbootError("FB1002", {
    what: `there is no blueprint ${path}`,
    fix: "name a file beside the scenario",
  });
}
