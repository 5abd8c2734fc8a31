import { sql } from "kysely";
import type { Tx } from "../schema.js";

/** How many documents of a site may wait until it is approved, and characters of them all: they are applied at one go. */
const most = { documents: 50, characters: 2 << 20 } as const;

/** A document that waits. */
export interface Parked {
  readonly id: number;
  readonly contents: string;
  readonly once: boolean | undefined;
}

/** What a site has waiting, in the order in which it came. */
export async function parkedOf(tx: Tx, siteId: number): Promise<Parked[]> {
  const rows = await waiting(tx, siteId).select(["id", "contents", "once", "governs"]).orderBy("id").execute();
  return rows.map(({ id, contents, once, governs }) => ({
    id,
    contents,
    once: once === 1 ? true : governs === 1 ? false : undefined,
  }));
}

/**
 * Whether one more may wait. `known`: it waits already as the last of its kind, or a provisioning blueprint does and this is
 * another. What waits in vain goes: an older version of a file that governs, and the same document where it is not the last.
 */
export async function roomToPark(
  tx: Tx,
  siteId: number,
  contents: string,
  once: boolean | undefined,
): Promise<"room" | "known" | "full"> {
  const governs = once === false ? 1 : 0;
  const alike = waiting(tx, siteId)
    .where("once", "=", once ? 1 : 0)
    .where("governs", "=", governs);
  const last = await alike.select("contents").orderBy("id", "desc").executeTakeFirst();
  if (last && (once || last.contents === contents)) return "known";
  const inVain = tx.deleteFrom("blueprint").where("site_id", "=", siteId).where("parked", "=", 1).where("once", "=", 0);
  if (once === undefined) await inVain.where("governs", "=", 0).where("contents", "=", contents).execute();
  if (once === false) await inVain.where("governs", "=", 1).execute();
  const { documents, characters } = await waiting(tx, siteId)
    .select(({ fn }) => [
      fn.countAll<number>().as("documents"),
      fn.coalesce(fn.sum<number>(fn<number>("length", ["contents"])), sql.lit(0)).as("characters"),
    ])
    .executeTakeFirstOrThrow();
  return documents < most.documents && characters + contents.length <= most.characters ? "room" : "full";
}

function waiting(tx: Tx, siteId: number) {
  return tx.selectFrom("blueprint").where("site_id", "=", siteId).where("parked", "=", 1);
}
