import type { SiteStatus } from "../../protocol/integration/schema.js";
import { niceId } from "../../provisioning/names.js";
import { below, type Random } from "../../world/random.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Plain names tried before a number is added: an organisation may have more sites than there are names. */
const plainTries = 8;

interface NewSite {
  readonly orgId: string;
  readonly name: string | undefined;
  readonly status: SiteStatus;
  readonly keyId: string;
  readonly now: number;
}

const insert = statement((on, hole) =>
  on
    .insertInto("site")
    .values({
      org_id: hole<string>("orgId"),
      nice_id: hole<string>("niceId"),
      name: hole<string>("name"),
      status: hole<SiteStatus>("status"),
      provisioning_key_id: hole<string>("keyId"),
      created_at: hole<number>("now"),
    })
    .onConflict((conflict) => conflict.columns(["org_id", "nice_id"]).doNothing())
    .returning(["id", "nice_id"]),
);

/** Inserts a site under a random niceId that is unique in its organisation; its name is the given one or the niceId. */
export async function insertSite(
  tx: Tx,
  random: Random,
  site: NewSite,
): Promise<{ readonly id: number; readonly nice_id: string }> {
  for (let tries = 0; ; tries++) {
    const id = tries < plainTries ? niceId(random) : `${niceId(random)}-${below(random, 1_000_000)}`;
    const { rows } = await insert(tx, { ...site, niceId: id, name: site.name ?? id });
    if (rows[0]) return rows[0];
  }
}
