import { z } from "zod";
import {
  DeliveryItem,
  DeliveryPage,
  WebhookCreate,
  WebhookCreated,
  WebhookPage,
} from "../../../protocol/integration/schema.js";
import { objectionToUrl } from "../../alerts/webhook-url.js";
import { mostTests, mostWebhooks } from "../../store/webhooks.js";
import { RetryLater, refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/webhook";
const onePath = `${path}/:id`;

/** When somebody may ask for another test whose earlier ones wait. */
const testsAgainSeconds = 60;

function unknownWebhook(id: string) {
  return refuse(404, `Webhook with ID ${id} not found`);
}

/** Where alerts are told. */
export const webhookEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Create a webhook; its secret is shown this once",
      needs: "webhooks:write",
      body: WebhookCreate,
      data: WebhookCreated,
      status: 201,
      message: "Webhook created successfully",
    },
    async ({ org, body, reachesAll, address }, { store }) => {
      const objection = objectionToUrl(body.url, reachesAll);
      if (objection) throw refuse(objection.status, objection.message);
      const created = await store.webhooks.create({ orgId: org, address }, body);
      if (!created) throw refuse(409, `An organization has at most ${mostWebhooks} webhooks: delete one first`);
      return { ...created.item, secret: created.secret };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${path}s`,
      summary: "List webhooks, oldest first",
      needs: "webhooks:read",
      query: RangeQuery,
      data: WebhookPage,
      message: "Webhooks retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.webhooks.list(org, query);
      return { webhooks: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete a webhook with what it was still to be told",
      needs: "webhooks:write",
      data: z.null(),
      message: "Webhook deleted successfully",
    },
    async ({ org, param, address }, { store }) => {
      if (!(await store.webhooks.delete(param("id"), { orgId: org, address }))) throw unknownWebhook(param("id"));
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/test`,
      summary: "Send a test event, delivered as any other",
      needs: "webhooks:write",
      data: DeliveryItem,
      message: "Test event queued",
    },
    async ({ org, param, address }, { store }) => {
      const item = await store.webhooks.test(param("id"), { orgId: org, address });
      if (!item) throw unknownWebhook(param("id"));
      if (item === "full") throw new RetryLater(`${mostTests} test events wait for this webhook`, testsAgainSeconds);
      return item;
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${onePath}/deliveries`,
      summary: "List a webhook's deliveries, newest first",
      needs: "webhooks:read",
      query: RangeQuery,
      data: DeliveryPage,
      message: "Deliveries retrieved successfully",
    },
    async ({ org, param, query }, { store }) => {
      const page = await store.deliveries.list(org, param("id"), query);
      if (!page) throw unknownWebhook(param("id"));
      return { deliveries: [...page.items], pagination: { total: page.total, ...query } };
    },
  ),
];
