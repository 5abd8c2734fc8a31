import type { AlertKind } from "../../protocol/integration/schema.js";
import type { StoreBase } from "./base.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Something that somebody ought to look at. */
export interface NewAlert {
  readonly orgId: string;
  readonly kind: AlertKind;
  /** The site's niceId, the device's or key's id, or what runs out. */
  readonly subject: string;
  /** A sentence for people. Never a secret. */
  readonly message: string;
}

const upsert = statement((on, hole) =>
  on
    .insertInto("alert")
    .values({
      org_id: hole<string>("orgId"),
      kind: hole<AlertKind>("kind"),
      subject: hole<string>("subject"),
      message: hole<string>("message"),
      count: 1,
      first_at: hole<number>("now"),
      last_at: hole<number>("now"),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["org_id", "kind", "subject"])
        .where("ended_at", "is", null)
        .doUpdateSet(({ eb }) => ({
          count: eb("alert.count", "+", 1),
          last_at: hole<number>("now"),
          message: hole<string>("message"),
        })),
    )
    .returning(["id", "count"]),
);

/** Opens an alert in the transaction that finds its cause; one that is open already is counted up. True: it is new. */
export async function openAlert(tx: Tx, alert: NewAlert, now: number): Promise<boolean> {
  const { rows } = await upsert(tx, { ...alert, now });
  return rows[0]?.count === 1;
}

/** Alerts. */
export function alertStore({ world, command }: StoreBase) {
  return {
    raise: (alert: NewAlert): Promise<boolean> => command((tx) => openAlert(tx, alert, world.clock.now())),
  };
}
