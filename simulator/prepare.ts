import { dirname, join } from "node:path/posix";
import type { World } from "../src/world/world.js";
import { checkOpenFiles } from "./limits.js";
import { specsOf } from "./population.js";
import type { Scenario } from "./scenario.js";
import { openSource, type SourceContext } from "./source.js";
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
  await context.client.listKeys(context.org);
  const specs: DeviceSpec[] = [];
  for (const [order, population] of populations.entries()) {
    const directory = join(out, "devices");
    await context.world.disk.remove(join(directory, population.name));
    specs.push(...specsOf(scenario, order, population, await openSource(context, population), directory));
  }
  const queue = specs.values();
  await Promise.all(Array.from({ length: width }, () => layOut(context.world, queue)));
  return specs;
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
