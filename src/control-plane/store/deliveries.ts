import type { DeliveryItem } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import { type DueDelivery, dueDeliveries } from "./due-deliveries.js";
import { isDelivered } from "./outcome.js";
import type { DeliveryRow } from "./schema.js";
import { statement } from "./statement.js";

/** What is over is kept for so long, milliseconds. */
const keptMs = 7 * 86_400_000;

/** Rows that are forgotten in one transaction; a bound, since requests wait meanwhile. */
const forgottenAtOnce = 500;

/** Messages of a webhook that are put off in one transaction. */
const putOffAtOnce = 500;

/** What became of an attempt. */
export interface Attempted {
  /** Such as `200` or `timeout`. */
  readonly outcome: string;
  /** When it is tried again; null: it is over. */
  readonly nextAt: number | null;
  /** The receiver is gone: whatever else waits for it is over too. */
  readonly isGone: boolean;
  /** The receiver wants to hear nothing before; null: it did not say so. */
  readonly othersAt: number | null;
}

const selectNext = statement((on, hole) =>
  on
    .selectFrom("delivery")
    .select(({ fn, selectFrom }) => [
      fn.min<number | null>("next_at").as("first"),
      selectFrom("delivery as other")
        .select((other) => other.fn.max<number | null>("other.next_at").as("at"))
        .where("other.next_at", "is not", null)
        .as("last"),
    ])
    .where("next_at", ">", hole<number>("now")),
);

const note = statement((on, hole) =>
  on
    .updateTable("delivery")
    .set(({ eb }) => ({
      attempts: eb("attempts", "+", 1),
      outcome: hole<string>("outcome"),
      next_at: hole<number | null>("nextAt"),
      done_at: hole<number | null>("doneAt"),
    }))
    .where("id", "=", hole<string>("id"))
    .where("next_at", "is not", null)
    .returning("id"),
);

const putOff = statement((on, hole) =>
  on
    .updateTable("delivery")
    .set({ next_at: hole<number>("until") })
    .where("id", "in", ({ selectFrom }) =>
      selectFrom("delivery as early")
        .select("early.id")
        .where("early.webhook_id", "=", hole<string>("webhookId"))
        .where("early.next_at", "<", hole<number>("until"))
        .orderBy("early.next_at")
        .limit(putOffAtOnce),
    ),
);

const markGone = statement((on, hole) =>
  on
    .updateTable("webhook")
    .set({ ending: "gone" })
    .where("id", "=", hole<string>("webhookId"))
    .where("ending", "is", null),
);

/** A delivery as the API shows it. */
export function deliveryItem(row: DeliveryRow): DeliveryItem {
  const over = isDelivered(row.outcome) ? "delivered" : "failed";
  return {
    deliveryId: row.id,
    webhookId: row.webhook_id,
    alertId: row.alert_id,
    state: row.next_at === null ? over : "waiting",
    attempts: row.attempts,
    createdAt: isoTime(row.created_at),
    nextAt: timeOrNull(row.next_at),
    outcome: row.outcome,
  };
}

/** What webhooks are to be told, and were. */
export function deliveryStore(base: StoreBase) {
  const { world, database, command, look } = base;

  function forgetOld(): Promise<number> {
    return command(async (tx) => {
      const old = tx
        .selectFrom("delivery")
        .select("id")
        .where("done_at", "<", world.clock.now() - keptMs);
      const some = tx.deleteFrom("delivery").where("id", "in", old.limit(forgottenAtOnce));
      return Number((await some.executeTakeFirst()).numDeletedRows);
    });
  }

  return {
    due: dueDeliveries(base),

    /** When the first and the last of what is not due yet will be; undefined if there is none. */
    ahead: async (now: number): Promise<{ readonly first: number; readonly last: number } | undefined> => {
      const { rows } = await look(async (tx) => selectNext(tx, { now }));
      const { first = null, last = null } = rows[0] ?? {};
      return first === null || last === null ? undefined : { first, last };
    },

    /** Makes due what would be due only in more than so long: the wall clock was ahead and has been set. */
    hasten: (now: number, ms: number): Promise<void> =>
      command(async (tx) => {
        await tx
          .updateTable("delivery")
          .set({ next_at: now })
          .where("next_at", ">", now + ms)
          .execute();
      }),

    /** Writes down an attempt. False: it was under way when the delivery was ended with its webhook. */
    attempted: (
      { id, webhookId }: Pick<DueDelivery, "id" | "webhookId">,
      { outcome, nextAt, isGone, othersAt }: Attempted,
    ): Promise<boolean> =>
      command(async (tx) => {
        const { rows } = await note(tx, { id, outcome, nextAt, doneAt: nextAt === null ? world.clock.now() : null });
        if (isGone) await markGone(tx, { webhookId });
        // Of very many that wait, the next that is sent puts off more.
        else if (othersAt !== null) await putOff(tx, { webhookId, until: othersAt });
        return rows.length > 0;
      }),

    /** Of a webhook, newest first; undefined if the organisation has none of that id. */
    list: async (
      orgId: string,
      webhookId: string,
      { limit, offset }: Range,
    ): Promise<Page<DeliveryItem> | undefined> => {
      const webhooks = database
        .selectFrom("webhook")
        .select("id")
        .where("org_id", "=", orgId)
        .where("id", "=", webhookId)
        .where("ending", "is not", "deleted");
      if (!(await webhooks.executeTakeFirst())) return undefined;
      const deliveries = database.selectFrom("delivery").where("webhook_id", "=", webhookId);
      const sorted = deliveries.selectAll().orderBy("created_at", "desc").orderBy("id");
      const rows = await sorted.limit(limit).offset(offset).execute();
      const { total } = await deliveries
        .select(({ fn }) => fn.countAll<number>().as("total"))
        .executeTakeFirstOrThrow();
      return { items: rows.map(deliveryItem), total };
    },

    /** Forgets what was over long ago. */
    tidy: async (): Promise<void> => {
      while ((await forgetOld()) === forgottenAtOnce);
    },
  };
}
