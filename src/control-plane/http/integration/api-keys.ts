import { z } from "zod";
import { ApiKeyCreate, ApiKeyCreated, ApiKeyPage } from "../../../protocol/integration/schema.js";
import { allows } from "../access.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/api-key";

/** API keys of an organisation. */
export const apiKeyEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Create an API key, with scopes",
      needs: "api-keys:write",
      body: ApiKeyCreate,
      data: ApiKeyCreated,
      status: 201,
      message: "API key created",
    },
    async ({ org, body, scopes, address }, { store }) => {
      if (!body.scopes.every((scope) => allows(scopes, scope))) {
        throw refuse(403, "A key cannot give what it does not have");
      }
      const { item, apiKey } = await store.apiKeys.create({ orgId: org, address }, body);
      return { ...item, apiKey };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${path}s`,
      summary: "List API keys, oldest first",
      needs: "api-keys:read",
      query: RangeQuery,
      data: ApiKeyPage,
      message: "API keys retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.apiKeys.list(org, query);
      return { apiKeys: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "delete",
      path: `${path}/:id`,
      summary: "Delete an API key",
      needs: "api-keys:write",
      data: z.null(),
      message: "API key deleted successfully",
    },
    async ({ org, param, address }, { store }) => {
      if (!(await store.apiKeys.delete(param("id"), { orgId: org, address })))
        throw refuse(404, `API key with ID ${param("id")} not found`);
      return null;
    },
  ),
];
