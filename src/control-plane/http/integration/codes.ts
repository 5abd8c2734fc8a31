import { z } from "zod";
import { CodesCreate, CodesCreated, CodesItem, CodesPage, CodesRevoke } from "../../../protocol/integration/schema.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/provisioning-code";

/** The last moment that an ISO 8601 time of four-digit years can name, milliseconds. */
const latest = Date.UTC(9999, 11, 31);

function unknownCodes(id: string) {
  return refuse(404, `Provisioning code ${id} not found`);
}

/** Batches of one-time codes. */
export const codeEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Create a batch of one-time codes",
      needs: "codes:write",
      body: CodesCreate,
      data: CodesCreated,
      status: 201,
      message: "Provisioning codes created",
    },
    async ({ org, body, address }, { store, world }) => {
      const { ttlSeconds, expiresAt: until, ...wish } = body;
      const end = until === undefined ? null : Date.parse(until);
      const expiresAt = ttlSeconds === undefined ? end : world.clock.now() + ttlSeconds * 1000;
      if (expiresAt !== null && expiresAt > latest) throw refuse(400, 'Validation error: Too far away at "ttlSeconds"');
      const { item, codes } = await store.codes.create({ orgId: org, address }, { ...wish, expiresAt });
      return { ...item, codes };
    },
  ),
  endpoint(
    {
      method: "get",
      path,
      summary: "List batches of one-time codes, oldest first",
      needs: "codes:read",
      query: RangeQuery,
      data: CodesPage,
      message: "Provisioning codes retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.codes.list(org, query);
      return { provisioningCodes: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${path}/:id/revoke`,
      summary: "Revoke one code of a batch, or all that are not used",
      needs: "codes:write",
      body: CodesRevoke,
      data: CodesItem,
      message: "Provisioning codes revoked successfully",
    },
    async ({ org, body, param, address }, { store }) => {
      const item = await store.codes.revoke(param("id"), { orgId: org, address }, body.code);
      if (!item) throw unknownCodes(param("id"));
      if (item === "unknown_code") throw refuse(404, `Provisioning code ${param("id")} has no such code in its batch`);
      return item;
    },
  ),
  endpoint(
    {
      method: "delete",
      path: `${path}/:id`,
      summary: "Delete a batch of one-time codes; its devices stay",
      needs: "codes:write",
      data: z.null(),
      message: "Provisioning codes deleted successfully",
    },
    async ({ org, param, address }, { store }) => {
      if (!(await store.codes.delete(param("id"), { orgId: org, address }))) throw unknownCodes(param("id"));
      return null;
    },
  ),
];
