import type { Insertable } from "kysely";
import { niceId } from "../../provisioning/names.js";
import { below, type Random } from "../../world/random.js";
import type { Schema, Tx } from "./schema.js";

/** Plain names tried before a number is added: an organisation may have more sites than there are names. */
const plainTries = 8;

type NewSite = Omit<Insertable<Schema["site"]>, "nice_id" | "name"> & { readonly name: string | undefined };

/** Inserts a site under a random niceId that is unique in its organisation; its name is the given one or the niceId. */
export async function insertSite(
  tx: Tx,
  random: Random,
  { name, ...site }: NewSite,
): Promise<{ readonly id: number; readonly nice_id: string }> {
  for (let tries = 0; ; tries++) {
    const nice_id = tries < plainTries ? niceId(random) : `${niceId(random)}-${below(random, 1_000_000)}`;
    const row = await tx
      .insertInto("site")
      .values({ ...site, nice_id, name: name ?? nice_id })
      .onConflict((conflict) => conflict.columns(["org_id", "nice_id"]).doNothing())
      .returning(["id", "nice_id"])
      .executeTakeFirst();
    if (row) return row;
  }
}
