import { BlueprintApplyData } from "../../../protocol/newt/message.js";
import type { NewtSession } from "./session.js";

/** A site's blueprint, a JSON text in a string (PROTOCOLS B1, G3). */
export async function applyBlueprint(session: NewtSession, data: unknown): Promise<void> {
  const parsed = BlueprintApplyData.safeParse(data);
  const result = parsed.success
    ? await session.services.store.blueprints.apply(session.site, parsed.data.blueprint)
    : { success: false, message: "The message holds no blueprint text" };
  session.send("newt/blueprint/results", result);
}
