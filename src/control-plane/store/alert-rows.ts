import type { AlertItem, AlertKind } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { timeOrNull } from "./base.js";
import type { AlertRow, Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Something that somebody ought to look at. */
export interface NewAlert<K extends AlertKind = AlertKind> {
  readonly orgId: string;
  readonly kind: K;
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
      held: hole<number>("held"),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["org_id", "kind", "subject"])
        .where("ended_at", "is", null)
        .doUpdateSet(({ eb }) => ({
          count: eb("alert.count", "+", 1),
          last_at: hole<number>("now"),
          message: hole<string>("message"),
          held: hole<number>("held"),
        })),
    )
    .returningAll(),
);

/** Opens an alert, or counts up the one that is open. `held`: for as long as a condition holds. */
export async function putAlert(
  tx: Tx,
  { orgId, kind, subject, message }: NewAlert,
  { now, held }: { readonly now: number; readonly held: boolean },
): Promise<AlertRow | undefined> {
  const { rows } = await upsert(tx, { orgId, kind, subject, message, now, held: held ? 1 : 0 });
  return rows[0];
}

/** An alert as the API and webhooks show it. */
export function alertItem(row: AlertRow): AlertItem {
  return {
    alertId: row.id,
    orgId: row.org_id,
    kind: row.kind,
    subject: row.subject,
    message: row.message,
    count: row.count,
    firstAt: isoTime(row.first_at),
    lastAt: isoTime(row.last_at),
    endedAt: timeOrNull(row.ended_at),
  };
}
