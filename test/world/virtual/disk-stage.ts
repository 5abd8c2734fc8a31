import type { Disk } from "../../../src/world/disk.js";
import type { VirtualDisk } from "../../../src/world/virtual/disk.js";
import { type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";

export const host = (seed: string | number = 1): { world: VirtualWorld; box: VirtualHost } => {
  const world = new VirtualWorld({ seed });
  return { world, box: world.host("box") };
};

/** Runs something on the disk of a new host, which then loses its power. */
export async function afterPowerLoss(
  seed: number,
  use: (disk: Disk, virtual: VirtualDisk) => Promise<unknown>,
): Promise<VirtualDisk> {
  const { world, box } = host(seed);
  await world.run(() => use(box.boot().disk, box.disk));
  box.losePower();
  return box.disk;
}

export const seeds = Array.from({ length: 200 }, (_, seed) => seed);
export const texts = (disk: VirtualDisk): Record<string, string> =>
  Object.fromEntries([...disk.snapshot()].map(([path, { data }]) => [path, data.toString()]));

export async function outcomesOver(use: (disk: Disk, virtual: VirtualDisk) => Promise<unknown>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const seed of seeds) found.add(JSON.stringify(texts(await afterPowerLoss(seed, use))));
  return found;
}
