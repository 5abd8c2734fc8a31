import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

const consume = statement((on, hole) =>
  on
    .updateTable("provisioning_key")
    .set(({ eb }) => ({ used: eb("used", "+", 1), last_used_at: hole<number>("now") }))
    .where("id", "=", hole<string>("id"))
    .where("revoked_at", "is", null)
    .where(({ eb, or, ref }) => or([eb("max_usage", "is", null), eb("used", "<", ref("max_usage"))]))
    .where(({ eb, or }) => or([eb("expires_at", "is", null), eb("expires_at", ">", hole<number>("now"))]))
    .where(({ not, exists, selectFrom }) => {
      const org = selectFrom("org").select("org.id").whereRef("org.id", "=", "provisioning_key.org_id");
      return not(exists(org.whereRef("org.sites", ">=", "org.max_sites")));
    }),
);

/**
 * Takes a use of a provisioning key, if there is one to take and room for its site: one statement, so that no two can
 * take the last.
 */
export async function consumeUse(tx: Tx, id: string, now: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await consume(tx, { id, now });
  return numAffectedRows > 0n;
}
