import type { z } from "zod";
import { reasonOf } from "../../../error.js";
import type { BlueprintApplyData } from "../../../protocol/newt/blueprint.js";
import type { Services } from "../../services.js";
import type { BlueprintOutcome } from "../../store/blueprint/blueprints.js";
import type { NewtConnection } from "./connection.js";
import { pushConfig } from "./push.js";

const failed = "Failed to update database from config: the server could not store it, send it again later";

/** A site's blueprint: what follows from it is told first, then what became of it (PROTOCOLS G3). */
export async function applyBlueprint(
  connection: NewtConnection,
  { blueprint, once }: z.output<typeof BlueprintApplyData>,
  services: Services,
): Promise<void> {
  const { store, world } = services;
  const { site } = connection;
  const outcome = await store.blueprints.apply(site, blueprint, once).catch((error: unknown): BlueprintOutcome => {
    // Answered in any case: answers do not say what they answer, so that a missing one would shift all others.
    world.log.error("blueprint not applied", { newtId: site.newtId, reason: reasonOf(error) });
    return { success: false, message: failed };
  });
  const { config, ...result } = outcome;
  if (config) pushConfig(services, config);
  connection.send("newt/blueprint/results", result);
}
