import type { SiteStatus } from "../../protocol/integration/schema.js";
import { niceId } from "../../provisioning/names.js";
import { below, type Random } from "../../world/random.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/**
 * How many numbers a name may be followed by, at the first try, the second and so on; 0: it stays plain. An organisation
 * may have many times more sites than there are names, and none of its exchanges tries for long.
 */
const numbersTried = [0, 100, 10_000] as const;
const numbersAtLast = 1_000_000;

export interface NewSite {
  readonly orgId: string;
  /** The niceId if absent. */
  readonly name: string | undefined;
  readonly status: SiteStatus;
  /** Null for one that no key was exchanged for. */
  readonly keyId: string | null;
  /** JSON list. */
  readonly labels: string;
  /** Where its exchange came from; null if there was none. */
  readonly address: string | null;
  /** The rule that lets it in, if one does. */
  readonly approvedBy: number | null;
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
      provisioning_key_id: hole<string | null>("keyId"),
      labels: hole<string>("labels"),
      source_address: hole<string | null>("address"),
      approved_by: hole<number | null>("approvedBy"),
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
    const id = drawNiceId(random, numbersTried[tries] ?? numbersAtLast);
    const { rows } = await insert(tx, { ...site, niceId: id, name: site.name ?? id });
    if (rows[0]) return rows[0];
  }
}

function drawNiceId(random: Random, numbers: number): string {
  const plain = niceId(random);
  return numbers === 0 ? plain : `${plain}-${below(random, numbers)}`;
}

const newt = statement((on, hole) =>
  on.insertInto("newt").values({
    id: hole<string>("newtId"),
    site_id: hole<number>("siteId"),
    secret_hash: hole<string>("secretHash"),
  }),
);

/** Inserts a site's credential. */
export async function insertNewt(
  tx: Tx,
  credential: { readonly newtId: string; readonly siteId: number; readonly secretHash: string },
): Promise<void> {
  await newt(tx, credential);
}
