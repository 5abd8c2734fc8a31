import { z } from "zod";
import { AuditPage } from "../../../protocol/integration/schema.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const AuditQuery = RangeQuery.extend({ keyId: z.string().max(64).optional(), target: z.string().max(255).optional() });

/** What was decided in an organisation. */
export const auditEndpoints = [
  endpoint(
    {
      method: "get",
      path: "/v1/org/:org/audit",
      summary: "List decisions, newest first",
      needs: "audit:read",
      query: AuditQuery,
      data: AuditPage,
      message: "Audit retrieved successfully",
    },
    async ({ org, query: { limit, offset, ...wish } }, { store }) => {
      const { items, total } = await store.audit.list(org, wish, { limit, offset });
      return { audit: [...items], pagination: { total, limit, offset } };
    },
  ),
];
