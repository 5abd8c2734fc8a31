export * from "./client.js";
export * from "./schema.js";
export {
  verifyWebhook,
  type WebhookHeaders,
  type WebhookRequest,
} from "./webhook-signature.js";
