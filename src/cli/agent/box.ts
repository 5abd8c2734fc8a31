import { type BoxId, boxIdOf } from "../../device/box.js";
import { readBoxMarks, SystemFiles } from "../../device/edgeflow/machine/index.js";
import type { World } from "../../world/world.js";

/** The box that this process runs on; undefined if nothing tells it from others. */
export async function thisBox({ disk }: World): Promise<BoxId | undefined> {
  return boxIdOf(await readBoxMarks(new SystemFiles(disk)));
}
