import { isoTime } from "../../world/clock.js";
import type { Condition } from "../store/conditions.js";
import { keyOf } from "./key-of.js";

/** An end is told of so long before it, milliseconds, */
const noticeMs = 86_400_000;
/** or within this part of a key's life, whichever is shorter. */
const noticePart = 10;

/** A key expires soon, and has uses left. */
export const keyExpiring: Condition = {
  kind: "key.expiring",
  holds: (on, hole) =>
    on
      .selectFrom("provisioning_key")
      .select(["provisioning_key.org_id", "provisioning_key.id as subject"])
      .where("revoked_at", "is", null)
      .where("expires_at", ">", hole<number>("now"))
      .where(({ eb }) => eb("expires_at", "<=", eb(hole<number>("now"), "+", noticeMs)))
      .where(({ eb }) => {
        const left = eb("expires_at", "-", hole<number>("now"));
        const life = eb("expires_at", "-", eb.ref("created_at"));
        return eb(eb(eb.parens(left), "*", noticePart), "<=", life);
      })
      .where(({ eb, or, ref }) => or([eb("max_usage", "is", null), eb("used", "<", ref("max_usage"))])),
  message: async (tx, subject) => {
    const { title, used, max_usage, expires_at } = await keyOf(tx, subject);
    const end = expires_at === null ? "soon" : `at ${isoTime(expires_at)}`;
    return `${title} expires ${end}, used ${used} of ${max_usage ?? "any number"}`;
  },
};
