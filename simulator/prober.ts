import type { Prober } from "../src/device/newt/health/prober.js";
import type { World } from "../src/world/world.js";

/** How long a look takes at most, milliseconds. */
const longestMs = 20;

/** Finds everything well, and never looks: the hosts of a fleet's blueprints are none of its business. */
export class KindProber implements Prober {
  constructor(private readonly world: Pick<World, "clock" | "random">) {}

  probe(): Promise<void> {
    return this.world.clock.sleep(this.world.random.float() * longestMs);
  }
}
