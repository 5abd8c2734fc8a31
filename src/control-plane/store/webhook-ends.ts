import type { StoreBase } from "./base.js";
import { goneOutcome } from "./outcome.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Deliveries that are ended in one transaction; a bound, since requests wait meanwhile. */
const deliveriesAtOnce = 500;

const selectEnding = statement((on) =>
  on.selectFrom("webhook").select(["id", "ending"]).where("ending", "is not", null).limit(1),
);

/** Deletes some of what a webhook was told and was to be told, and in the end the webhook. */
async function deleteSome(tx: Tx, id: string): Promise<void> {
  const some = tx.selectFrom("delivery").select("id").where("webhook_id", "=", id).limit(deliveriesAtOnce);
  const { numDeletedRows } = await tx.deleteFrom("delivery").where("id", "in", some).executeTakeFirst();
  if (numDeletedRows < deliveriesAtOnce) await tx.deleteFrom("webhook").where("id", "=", id).execute();
}

/** Ends some of what waits for a receiver that is gone; it has what comes once all of that is over. */
async function failSome(tx: Tx, id: string, now: number): Promise<number> {
  const waiting = tx.selectFrom("delivery").select("id").where("webhook_id", "=", id).where("next_at", "is not", null);
  const { numUpdatedRows } = await tx
    .updateTable("delivery")
    .set({ next_at: null, done_at: now, outcome: goneOutcome })
    .where("id", "in", waiting.limit(deliveriesAtOnce))
    .executeTakeFirst();
  if (numUpdatedRows < deliveriesAtOnce) {
    await tx.updateTable("webhook").set({ ending: null }).where("id", "=", id).where("ending", "=", "gone").execute();
  }
  return Number(numUpdatedRows);
}

/**
 * Does some of what is left to do for webhooks that were deleted or are gone: their rows say so, which a restart does not
 * change. Returns how many messages have failed by it; undefined if nothing is left.
 */
export function webhookEnds({ world, command, look }: StoreBase) {
  return async (): Promise<number | undefined> => {
    const [webhook] = await look(async (tx) => (await selectEnding(tx, {})).rows);
    if (!webhook) return undefined;
    return command(async (tx) => {
      if (webhook.ending === "gone") return failSome(tx, webhook.id, world.clock.now());
      await deleteSome(tx, webhook.id);
      return 0;
    });
  };
}
