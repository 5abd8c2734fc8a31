import type { z } from "zod";
import type { HealthStatusData } from "../../../protocol/newt/health-check.js";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

/** What a newt has found of its targets (PROTOCOLS A17). */
export function healthStatus(
  { site }: NewtConnection,
  { targets }: z.output<typeof HealthStatusData>,
  { store }: Services,
): Promise<void> {
  return store.targets.noteHealth(site.siteId, targets);
}
