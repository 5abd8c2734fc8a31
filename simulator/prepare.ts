import { dirname, join } from "node:path/posix";
import { FirstbootError } from "../src/error.js";
import type { SiteItem } from "../src/protocol/integration/index.js";
import { fillTemplate } from "../src/provisioning/template.js";
import type { World } from "../src/world/world.js";
import { environmentOf, identityOf } from "./identity.js";
import { checkOpenFiles } from "./limits.js";
import { specsOf } from "./population.js";
import type { Scenario } from "./scenario.js";
import { readySource, type SourceContext, siteName } from "./source.js";
import type { DeviceSpec } from "./spec.js";

/** Files written at once. */
const width = 16;

/**
 * Opens every population's source and lays out its devices' directories below `out`, afresh, each with nothing but what
 * the device receives. Nothing is made on the target before all that can be checked here is.
 */
export async function prepareDevices(context: SourceContext, scenario: Scenario, out: string): Promise<DeviceSpec[]> {
  const { populations } = scenario;
  await checkOpenFiles(
    context.world.disk,
    populations.reduce((sum, { count, surplus }) => sum + count + surplus, 0),
  );
  const sources = await Promise.all(
    populations.map(async (population) => ({ population, open: await readySource(context, population) })),
  );
  checkNewcomers(scenario, await context.client.listSites(context.org));
  const specs: DeviceSpec[] = [];
  for (const [order, { population, open }] of sources.entries()) {
    const directory = join(out, "devices");
    await context.world.disk.remove(join(directory, population.name));
    specs.push(...specsOf(scenario, order, population, await open(), directory));
  }
  const queue = specs.values();
  await Promise.all(Array.from({ length: width }, () => layOut(context.world, queue)));
  return specs;
}

/**
 * A seed gives the same boxes again. On a server that knows them from an earlier run their blueprints' resources belong
 * to the sites of then, so that a second run could only fail. Throws FB1001.
 */
function checkNewcomers({ seed, populations }: Scenario, sites: readonly SiteItem[]): void {
  if (sites.length === 0) return;
  const known = new Set(sites.map(({ name }) => name));
  for (const [order, population] of populations.entries()) {
    if (population.kind !== "newt" || (population.blueprint ?? population.governing) === undefined) continue;
    for (let index = 0; index < population.count; index++) {
      const name = fillTemplate(siteName, environmentOf(identityOf(seed, order, index)));
      if (!known.has(name)) continue;
      throw new FirstbootError("FB1001", {
        what: `the target knows devices of this scenario already, such as ${name}`,
        why: `a run with seed ${seed} left them there with the resources of their blueprints`,
        fix: "give another --seed, or a fresh target",
      });
    }
  }
}

async function layOut({ disk }: World, specs: Iterable<DeviceSpec>): Promise<void> {
  for (const { directory, files } of specs) {
    await disk.makeDirectory(directory);
    for (const { path, text, mode } of files) {
      if (path.includes("/")) await disk.makeDirectory(join(directory, dirname(path)));
      await disk.write(join(directory, path), text, { mode });
    }
  }
}
