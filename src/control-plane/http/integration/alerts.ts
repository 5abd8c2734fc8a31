import { z } from "zod";
import { AlertItem, AlertKind, AlertPage } from "../../../protocol/integration/schema.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { numericId, RangeQuery } from "./query.js";

const AlertQuery = RangeQuery.extend({
  open: z
    .stringbool({ truthy: ["true"], falsy: ["false"] })
    .optional()
    .catch(undefined),
  kind: AlertKind.optional().catch(undefined),
});

/** What somebody ought to look at. */
export const alertEndpoints = [
  endpoint(
    {
      method: "get",
      path: "/v1/org/:org/alerts",
      summary: "List alerts, newest first",
      needs: "alerts:read",
      query: AlertQuery,
      data: AlertPage,
      message: "Alerts retrieved successfully",
    },
    async ({ org, query: { limit, offset, open, kind } }, { store }) => {
      const filter = { ...(open !== undefined && { open }), ...(kind !== undefined && { kind }) };
      const { items, total } = await store.alerts.list(org, filter, { limit, offset });
      return { alerts: [...items], pagination: { total, limit, offset } };
    },
  ),
  endpoint(
    {
      method: "post",
      path: "/v1/org/:org/alert/:id/end",
      summary: "End an alert; it opens again when its cause comes anew",
      needs: "alerts:write",
      data: AlertItem,
      message: "Alert ended successfully",
    },
    async ({ org, param, address }, { store }) => {
      const id = numericId(param("id"));
      const item = id === undefined ? undefined : await store.alerts.end(id, { orgId: org, address });
      if (!item) throw refuse(404, `Alert with ID ${param("id")} not found`);
      return item;
    },
  ),
];
