import { type RawBuilder, sql } from "kysely";
import type { StoreBase } from "./base.js";
import { listed } from "./listed.js";
import { statement } from "./statement.js";
import { secretOf } from "./webhook-secret.js";

/** Messages of a webhook that are on their way at a time. */
export const mostOfWebhook = 2;

/** Deliveries that are looked for at once, and webhooks among which they are looked for in one step. */
const pageSize = 100;
const webhooksAtOnce = 256;

/** A message that is due. */
export interface DueDelivery {
  readonly id: string;
  readonly body: string;
  /** Attempts that were made. */
  readonly attempts: number;
  readonly webhookId: string;
  readonly orgId: string;
  readonly url: string;
  /** Undefined: the webhook's row is damaged. */
  readonly secret: string | undefined;
}

/** The first webhook after one that is owed anything, however much that is. */
function nextOwed(after: RawBuilder<string>): RawBuilder<string | null> {
  return sql`(select webhook_id from delivery where next_at is not null and webhook_id > ${after} order by webhook_id limit 1)`;
}

/** Webhooks after one that are owed anything, by id: a leap in the index from each to the next. `isDue`: now. */
function owedAfter(after: RawBuilder<string>, now: RawBuilder<number>) {
  return sql<{ id: string | null; isDue: number }>`(
    with recursive owed(id) as (
      select ${nextOwed(after)}
      union all
      select ${nextOwed(sql.ref("owed.id"))} from owed where owed.id is not null
      limit ${sql.lit(webhooksAtOnce)}
    )
    select id, exists (select 1 from delivery where webhook_id = owed.id and next_at <= ${now}) as "isDue" from owed
  )`.as<"owed">("owed");
}

const selectOwed = statement((on, hole) =>
  on.selectFrom(owedAfter(hole<string>("after"), hole<number>("now"))).select(["owed.id", "owed.isDue"]),
);

/** Who is owed what is due for the longest time. */
const selectFirst = statement((on, hole) =>
  on
    .selectFrom("delivery")
    .select("webhook_id as id")
    .where("next_at", "<=", hole<number>("now"))
    .orderBy("next_at")
    .limit(pageSize),
);

const selectDue = statement((on, hole) =>
  on
    .selectFrom("webhook")
    .innerJoin("delivery", (join) =>
      join.on("delivery.id", "in", ({ selectFrom }) =>
        selectFrom("delivery as due")
          .select("due.id")
          .whereRef("due.webhook_id", "=", "webhook.id")
          .where("due.next_at", "<=", hole<number>("now"))
          .orderBy("due.next_at")
          .limit(mostOfWebhook),
      ),
    )
    .select([
      "delivery.id",
      "delivery.body",
      "delivery.attempts",
      "webhook.id as webhookId",
      "webhook.org_id as orgId",
      "webhook.url",
      "webhook.sealed_secret as sealedSecret",
    ])
    .where("webhook.id", "in", listed<string>(hole<string>("ids")))
    .where("webhook.ending", "is", null)
    .orderBy("webhook.id")
    .limit(pageSize),
);

/** Some of what is due, in the order of their webhooks, beginning after one of them: all have their turn. */
export function dueDeliveries({ look, pepper }: StoreBase) {
  async function dueOf(ids: readonly string[], now: number): Promise<DueDelivery[]> {
    if (ids.length === 0) return [];
    const { rows } = await look(async (tx) => selectDue(tx, { ids: JSON.stringify(ids), now }));
    return rows.map(({ sealedSecret, ...due }) => ({
      ...due,
      secret: secretOf(pepper, { webhookId: due.webhookId, sealedSecret }),
    }));
  }

  /** All webhooks to whom something is due; undefined if that is much. */
  async function few(now: number): Promise<string[] | undefined> {
    const { rows } = await look(async (tx) => selectFirst(tx, { now }));
    return rows.length < pageSize ? [...new Set(rows.map(({ id }) => id))] : undefined;
  }

  /** Goes from webhook to webhook, so that one that is owed very much does not hide the others. */
  async function walk(now: number, start: string): Promise<DueDelivery[]> {
    const found: DueDelivery[] = [];
    /** Where the next step begins; after the last of all come the first, up to where it began. */
    for (let [after, isRound] = [start, false]; found.length < pageSize; ) {
      const { rows } = await look(async (tx) => selectOwed(tx, { after, now }));
      const seen = rows.flatMap(({ id, isDue }) => (id === null ? [] : { id, isDue }));
      const wanted = isRound ? seen.filter(({ id }) => id <= start) : seen;
      const ids = wanted.flatMap(({ id, isDue }) => (isDue ? id : []));
      found.push(...(await dueOf(ids, now)));
      const last = seen.length === webhooksAtOnce && wanted.length === seen.length ? seen.at(-1) : undefined;
      if (last) after = last.id;
      else if (isRound || start === "") break;
      else [after, isRound] = ["", true];
    }
    return found.slice(0, pageSize);
  }

  return async (now: number, start: string): Promise<readonly DueDelivery[]> => {
    const ids = await few(now);
    if (!ids) return walk(now, start);
    const [later, earlier] = [ids.filter((id) => id > start), ids.filter((id) => id <= start)];
    return [...(await dueOf(later, now)), ...(await dueOf(earlier, now))];
  };
}
