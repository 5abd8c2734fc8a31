import { z } from "zod";
import { AlertItem, AlertKind, alertKinds } from "./alerts.js";
import { Pagination } from "./values.js";

/** PUT /v1/org/:org/webhook: where alerts are told, signed as Standard Webhooks has it. */
export const WebhookCreate = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).max(2_000),
  /** Only these; all if absent. */
  kinds: z.array(AlertKind).min(1).max(alertKinds.length).optional(),
});
export type WebhookCreate = z.input<typeof WebhookCreate>;

export const WebhookItem = z.object({
  webhookId: z.string(),
  orgId: z.string(),
  url: z.string(),
  /** Empty: all. */
  kinds: z.array(AlertKind),
  createdAt: z.string(),
});
export type WebhookItem = z.infer<typeof WebhookItem>;

/** The answer to a creation: the only one that shows the secret, `whsec_` and base64. */
export const WebhookCreated = WebhookItem.extend({ secret: z.string() });
export type WebhookCreated = z.infer<typeof WebhookCreated>;

export const WebhookPage = z.object({ webhooks: z.array(WebhookItem), pagination: Pagination });

/** GET /v1/org/:org/webhook/:id/deliveries, newest first. */
export const DeliveryItem = z.object({
  deliveryId: z.string(),
  webhookId: z.string(),
  /** Null: a test. */
  alertId: z.number().nullable(),
  state: z.enum(["waiting", "delivered", "failed"]),
  attempts: z.number(),
  createdAt: z.string(),
  /** When it is tried next; null once it is over. */
  nextAt: z.string().nullable(),
  /** What became of the last attempt, such as `200` or `timeout`; null before the first. */
  outcome: z.string().nullable(),
});
export type DeliveryItem = z.infer<typeof DeliveryItem>;

export const DeliveryPage = z.object({ deliveries: z.array(DeliveryItem), pagination: Pagination });

/** The body of a delivery. */
export const WebhookEvent = z.object({
  type: z.enum(["alert.opened", "alert.ended", "webhook.test"]),
  timestamp: z.string(),
  data: AlertItem.nullable(),
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;
