import type { z } from "zod";
import type { commandActions } from "../../protocol/edgeflow/index.js";
import type { Facts } from "./facts.js";

/** What `get_system_metrics` answers (PROTOCOLS C4). */
export type SystemMetrics = z.infer<typeof commandActions.get_system_metrics.data>;

/** The machine that a device lives on, as far as it can be asked about itself. */
export interface Machine {
  /** Read anew each time: a cable may have been plugged in. */
  facts(): Promise<Facts>;
  metrics(): Promise<SystemMetrics>;
}
