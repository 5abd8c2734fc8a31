import { sql } from "kysely";
import type { SiteStatus } from "../../protocol/integration/schema.js";
import type { Condition } from "../store/conditions.js";
import { statement } from "../store/statement.js";

const find = statement((on, hole) =>
  on
    .selectFrom("site")
    .leftJoin("provisioning_key as key", (join) =>
      join.onRef("key.id", "=", "site.provisioning_key_id").onRef("key.org_id", "=", "site.org_id"),
    )
    .select(["site.name", "site.source_address as address", "site.provisioning_key_id as keyId", "key.name as keyName"])
    .where("site.org_id", "=", hole<string>("org_id"))
    .where("site.nice_id", "=", hole<string>("subject")),
);

/** A site waits for approval. */
export const sitePending: Condition = {
  kind: "site.pending",
  holds: (on) =>
    on
      .selectFrom("site")
      .select(["site.org_id", "site.nice_id as subject"])
      .where("site.status", "=", sql.lit<SiteStatus>("pending")),
  message: async (tx, { org_id, subject }) => {
    const [site] = (await find(tx, { org_id, subject })).rows;
    const { name = subject, keyId, keyName, address } = site ?? {};
    const key = keyId ? ` by key ${keyName ? `"${keyName}" ` : ""}${keyId}` : "";
    return `Site "${name}"${key && `, which came${key}`}${address ? ` from ${address}` : ""}, waits for approval`;
  },
};
