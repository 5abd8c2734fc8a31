import type { Command } from "commander";
import { type AlertKind, alertKinds, type DeliveryItem, type WebhookItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { alertKind, text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList } from "../show.js";
import { timeInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags {
  readonly url: string;
  readonly kind?: AlertKind[];
}

const example = "firstboot webhooks create --url https://hooks.example.com/firstboot --kind site.pending";
const id = "wh_abcdefghij12345";

const columns: Columns<WebhookItem> = {
  ID: (webhook) => webhook.webhookId,
  URL: (webhook) => webhook.url,
  KINDS: (webhook) => kindsInWords(webhook.kinds),
  CREATED: (webhook) => timeInWords(webhook.createdAt),
};

const deliveryColumns: Columns<DeliveryItem> = {
  ID: (delivery) => delivery.deliveryId,
  ALERT: (delivery) => delivery.alertId ?? "test",
  STATE: (delivery) => delivery.state,
  ATTEMPTS: (delivery) => delivery.attempts,
  OUTCOME: (delivery) => delivery.outcome,
  NEXT: (delivery) => delivery.nextAt && timeInWords(delivery.nextAt),
  CREATED: (delivery) => timeInWords(delivery.createdAt),
};

function kindsInWords(kinds: readonly AlertKind[]): string {
  return kinds.length === 0 ? "all" : kinds.join(", ");
}

/** `firstboot webhooks`: where alerts are told. */
export function webhooksCommand(): Command {
  const webhooks = commandGroup("webhooks", "where alerts are told: list, create, delete, test, deliveries", example);
  serverCommand(webhooks, "list", "all webhooks of an organisation", "firstboot webhooks list").action(listWebhooks);
  serverCommand(webhooks, "create", "a new webhook; its secret is shown this once", example, [
    valued("--url <url>", "where events are sent", text).makeOptionMandatory(),
    repeated("--kind <kind>", `only these alerts, such as ${alertKinds[0]}; all if absent`, alertKind),
  ]).action(createWebhook);
  serverCommand(webhooks, "delete <id>", "delete a webhook", `firstboot webhooks delete ${id}`, [
    confirmOption(),
  ]).action(deleteWebhook);
  serverCommand(webhooks, "test <id>", "send a test event", `firstboot webhooks test ${id}`).action(testWebhook);
  serverCommand(
    webhooks,
    "deliveries <id>",
    "what was sent, newest first, and what waits",
    `firstboot webhooks deliveries ${id}`,
  ).action(listDeliveries);
  return webhooks;
}

async function listWebhooks(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listWebhooks(org), columns);
}

async function createWebhook({ url, kind, ...flags }: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const created = await client.createWebhook(org, { url, ...given({ kinds: kind }) });
  if (flags.json) return printJson(created);
  print(created.secret);
  const { webhookId, kinds } = created;
  note(`Webhook ${webhookId} for alerts of ${org}: ${kindsInWords(kinds)}. Keep the secret: it is not shown again.`);
}

async function deleteWebhook(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("webhook", text);
  confirm(flags, `the webhook ${id}`);
  const { client, org } = connect(flags);
  await client.deleteWebhook(org, id);
  showDeleted(flags, id);
}

async function testWebhook(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("webhook", text);
  const { client, org } = connect(flags);
  const delivery = await client.testWebhook(org, id);
  if (flags.json) return printJson(delivery);
  print(delivery.deliveryId);
  note(`Queued; what becomes of it: firstboot webhooks deliveries ${id}`);
}

async function listDeliveries(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("webhook", text);
  const { client, org } = connect(flags);
  showList(flags, await client.listDeliveries(org, id), deliveryColumns);
}
