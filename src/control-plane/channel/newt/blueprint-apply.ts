import type { z } from "zod";
import { reasonOf } from "../../../error.js";
import type { BlueprintApplyData } from "../../../protocol/newt/blueprint.js";
import type { Services } from "../../services.js";
import { tellNewts } from "../../site-decisions.js";
import { failed } from "../../store/blueprint/outcome.js";
import type { NewtConnection } from "./connection.js";

const notStored = "the server could not store it, send it again later";

/** A site's blueprint (PROTOCOLS B1). */
export function applyBlueprint(
  connection: NewtConnection,
  { blueprint: contents, once }: z.output<typeof BlueprintApplyData>,
  services: Services,
): Promise<void> {
  return answerBlueprint(connection, { contents, once }, services);
}

/** Applies a document of a site: what follows from it is told first, then what became of it (PROTOCOLS G3). */
export async function answerBlueprint(
  connection: NewtConnection,
  { contents, once }: { readonly contents: string; readonly once: boolean | undefined },
  services: Services,
  /** What else there is to say of it. */
  note?: string,
): Promise<void> {
  const { store, world } = services;
  const { site } = connection;
  const outcome = await store.blueprints.apply(site, contents, once).catch((error: unknown) => {
    // Answered in any case: answers do not say what they answer, so that a missing one would shift all others.
    world.log.error("blueprint not applied", { newtId: site.newtId, reason: reasonOf(error) });
    return failed([notStored]);
  });
  tellNewts(services, outcome);
  const { success, warnings, kept } = outcome;
  const ours = { warnings, ...(kept.as === "parked" && { parked: true }) };
  const message = note === undefined ? outcome.message : `${outcome.message}. ${note}`;
  // Stock newts, which say nothing of `once`, hear what they hear of a Pangolin server.
  connection.send("newt/blueprint/results", { success, message, ...(once !== undefined && ours) });
}
