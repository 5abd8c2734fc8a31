import type { z } from "zod";
import type { DeliveryItem, WebhookCreate, WebhookEvent, WebhookItem } from "../../protocol/integration/schema.js";
import { formatWebhookSecret } from "../../protocol/integration/webhook-signature.js";
import { newMessageId, newWebhookId } from "../../provisioning/credentials.js";
import { isoTime } from "../../world/clock.js";
import { queueDelivery } from "./alert-events.js";
import { audit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import { deliveryItem } from "./deliveries.js";
import { announce } from "./news.js";
import type { Database, Tx, WebhookRow } from "./schema.js";
import { statement } from "./statement.js";
import { webhookEnds } from "./webhook-ends.js";
import { kindsOf } from "./webhook-kinds.js";
import { sealSecret } from "./webhook-secret.js";

/** Webhooks that an organisation may have. */
export const mostWebhooks = 10;

/** Tests of a webhook that may wait. */
export const mostTests = 10;

const secretLength = 32;

const countTests = statement((on, hole) =>
  on
    .selectFrom("delivery")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("webhook_id", "=", hole<string>("webhookId"))
    .where("next_at", "is not", null)
    .where("alert_id", "is", null),
);

/** Webhooks of an organisation; one that was deleted is none, though its row may be there for a while. */
function webhooksOf(on: Database | Tx, orgId: string) {
  return on.selectFrom("webhook").where("org_id", "=", orgId).where("ending", "is not", "deleted");
}

function webhookItem(row: WebhookRow): WebhookItem {
  return {
    webhookId: row.id,
    orgId: row.org_id,
    url: row.url,
    kinds: kindsOf(row.kinds),
    createdAt: isoTime(row.created_at),
  };
}

/** Where an organisation's alerts are told. */
export function webhookStore(base: StoreBase) {
  const { world, database, command, pepper } = base;

  return {
    /** Undefined if the organisation has as many as it may. The only moment the secret is shown. */
    create: (
      { orgId, address }: OrgDecider,
      { url, kinds = [] }: z.output<typeof WebhookCreate>,
    ): Promise<{ readonly item: WebhookItem; readonly secret: string } | undefined> =>
      command(async (tx) => {
        const had = await webhooksOf(tx, orgId).select("id").execute();
        if (had.length >= mostWebhooks) return undefined;
        const now = world.clock.now();
        const id = newWebhookId(world.random);
        const secret = formatWebhookSecret(world.random.bytes(secretLength));
        const row = await tx
          .insertInto("webhook")
          .values({
            id,
            org_id: orgId,
            url,
            sealed_secret: sealSecret(pepper, { webhookId: id }, world.random.bytes(12), secret),
            kinds: JSON.stringify([...new Set(kinds)]),
            created_at: now,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await audit(tx, { at: now, action: "create", orgId, target: id, address, result: "created" });
        return { item: webhookItem(row), secret };
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<WebhookItem>> => {
      const webhooks = webhooksOf(database, orgId);
      const rows = await webhooks.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await webhooks.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(webhookItem), total };
    },

    /** Deletes a webhook with what it was still to be told, of which some goes a little later. False if there is none. */
    delete: (id: string, { orgId, address }: OrgDecider): Promise<boolean> =>
      command(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("webhook")
          .set({ ending: "deleted" })
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .where("ending", "is not", "deleted")
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        const at = world.clock.now();
        await audit(tx, { at, action: "delete", orgId, target: id, address, result: "removed" });
        announce(tx, { type: "webhook.deleted", alert: null, deliveries: 0 });
        return true;
      }),

    endSome: webhookEnds(base),

    /** Queues an event that tells nothing; undefined if there is no such webhook, `full` if as many wait as may. */
    test: (id: string, { orgId, address }: OrgDecider): Promise<DeliveryItem | "full" | undefined> =>
      command(async (tx) => {
        const webhook = await webhooksOf(tx, orgId).select("id").where("id", "=", id).executeTakeFirst();
        if (!webhook) return undefined;
        const [waiting] = (await countTests(tx, { webhookId: id })).rows;
        if (waiting && waiting.count >= mostTests) return "full";
        const now = world.clock.now();
        await audit(tx, { at: now, action: "test", orgId, target: id, address, result: "queued" });
        const event: WebhookEvent = { type: "webhook.test", timestamp: isoTime(now), data: null };
        const row = await queueDelivery(tx, { id: newMessageId(world.random), webhookId: id, event, now });
        announce(tx, { type: event.type, alert: null, deliveries: 1 });
        return row && deliveryItem(row);
      }),
  };
}
