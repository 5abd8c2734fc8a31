import { BlueprintApplyData } from "../../../protocol/newt/message.js";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

/** A site's blueprint, a JSON text in a string (PROTOCOLS B1, G3). */
export async function applyBlueprint(connection: NewtConnection, data: unknown, { store }: Services): Promise<void> {
  const parsed = BlueprintApplyData.safeParse(data);
  const result = parsed.success
    ? await store.blueprints.apply(connection.site, parsed.data.blueprint, parsed.data.once)
    : { success: false, message: "The message holds no blueprint text" };
  connection.send("newt/blueprint/results", result);
}
