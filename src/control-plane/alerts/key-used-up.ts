import type { Condition } from "../store/conditions.js";
import { keyOf } from "./key-of.js";

/** All uses of a key are taken, and it has neither expired nor been revoked: who still has it will be refused. */
export const keyUsedUp: Condition = {
  kind: "key.used_up",
  holds: (on, hole) =>
    on
      .selectFrom("provisioning_key")
      .select(["provisioning_key.org_id", "provisioning_key.id as subject"])
      .whereRef("used", ">=", "max_usage")
      .where("revoked_at", "is", null)
      .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", hole<number>("now"))])),
  message: async (tx, subject) => {
    const { title, used, max_usage } = await keyOf(tx, subject);
    return `${title} is used up, ${used} of ${max_usage}`;
  },
};
