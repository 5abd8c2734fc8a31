import type { WebhookEvent } from "../../protocol/integration/schema.js";
import { sha256 } from "../../provisioning/secret.js";
import { isoTime } from "../../world/clock.js";
import { alertItem } from "./alert-rows.js";
import { announce } from "./news.js";
import type { AlertRow, Tx } from "./schema.js";
import { statement } from "./statement.js";
import { kindsOf } from "./webhook-kinds.js";

const selectWebhooks = statement((on, hole) =>
  on
    .selectFrom("webhook")
    .select(["id", "kinds"])
    .where("org_id", "=", hole<string>("orgId"))
    .where("ending", "is not", "deleted"),
);

const insertDelivery = statement((on, hole) =>
  on
    .insertInto("delivery")
    .values({
      id: hole<string>("id"),
      webhook_id: hole<string>("webhookId"),
      alert_id: hole<number | null>("alertId"),
      body: hole<string>("body"),
      created_at: hole<number>("now"),
      next_at: hole<number>("now"),
    })
    .returningAll(),
);

interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: WebhookEvent;
  readonly now: number;
}

/** Queues what is to be delivered to a webhook. */
export async function queueDelivery(tx: Tx, { id, webhookId, event, now }: NewDelivery) {
  const alertId = event.data?.alertId ?? null;
  const { rows } = await insertDelivery(tx, { id, webhookId, alertId, body: JSON.stringify(event), now });
  return rows[0];
}

/** Tells of an alert that opens or ends, in the transaction in which it does: the webhooks that want to hear, and us. */
export async function tell(tx: Tx, type: "alert.opened" | "alert.ended", alert: AlertRow, now: number): Promise<void> {
  const event = { type, timestamp: isoTime(now), data: alertItem(alert) };
  const all = (await selectWebhooks(tx, { orgId: alert.org_id })).rows;
  const webhooks = all.filter((webhook) => {
    const kinds = kindsOf(webhook.kinds);
    return kinds.length === 0 || kinds.includes(alert.kind);
  });
  for (const { id: webhookId } of webhooks) {
    // An alert opens once and ends once: that names the message, without a draw of chance.
    const id = `msg_${sha256(`${webhookId} ${JSON.stringify(event)}`).slice(0, 32)}`;
    await queueDelivery(tx, { id, webhookId, event, now });
  }
  announce(tx, { type, alert: event.data, deliveries: webhooks.length });
}
