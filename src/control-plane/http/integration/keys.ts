import { z } from "zod";
import {
  KeyCreate,
  KeyCreated,
  KeyDeleteQuery,
  KeyItem,
  KeyPage,
  KeyUpdate,
} from "../../../protocol/integration/schema.js";
import { removeSites } from "../../site-decisions.js";
import { allows, forbidden } from "../access.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/site-provisioning-key";
const onePath = `${path}/:id`;

function unknownKey(id: string) {
  return refuse(404, `Site provisioning key with ID ${id} not found`);
}

/** Provisioning keys. */
export const keyEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Create a provisioning key",
      needs: "keys:write",
      body: KeyCreate,
      data: KeyCreated,
      status: 201,
      message: "Site provisioning key created",
    },
    async ({ org, body, address }, { store }) => {
      const created = await store.keys.create({ orgId: org, address }, body);
      if (!created) throw refuse(409, "A provisioning key with this ID exists already");
      return { ...created.item, siteProvisioningKey: created.key };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${path}s`,
      summary: "List provisioning keys, oldest first",
      needs: "keys:read",
      query: RangeQuery,
      data: KeyPage,
      message: "Site provisioning keys retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.keys.list(org, query);
      return { siteProvisioningKeys: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "get",
      path: onePath,
      summary: "One provisioning key",
      needs: "keys:read",
      data: KeyItem,
      message: "Site provisioning key retrieved successfully",
    },
    async ({ org, param }, { store }) => {
      const item = await store.keys.find(org, param("id"));
      if (!item) throw unknownKey(param("id"));
      return item;
    },
  ),
  endpoint(
    {
      method: "patch",
      path: onePath,
      summary: "Change a provisioning key's limits, expiry or approval in place",
      needs: "keys:write",
      body: KeyUpdate,
      data: KeyItem,
      message: "Site provisioning key updated successfully",
    },
    async ({ org, body, param, address }, { store }) => {
      const item = await store.keys.update(param("id"), { orgId: org, address }, body);
      if (!item) throw unknownKey(param("id"));
      return item;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/revoke`,
      summary: "Revoke a provisioning key for good; its sites stay",
      needs: "keys:write",
      data: KeyItem,
      message: "Site provisioning key revoked successfully",
    },
    async ({ org, param, address }, { store }) => {
      const item = await store.keys.revoke(param("id"), { orgId: org, address });
      if (!item) throw unknownKey(param("id"));
      return item;
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete a provisioning key; its sites stay unless asked otherwise",
      needs: "keys:write",
      query: KeyDeleteQuery,
      data: z.null(),
      message: "Site provisioning key deleted successfully",
    },
    async ({ org, query, param, address, scopes }, services) => {
      if (query.sites === "delete" && !allows(scopes, "sites:write")) throw forbidden();
      const removed = await services.store.keys.delete(param("id"), { orgId: org, address }, query.sites);
      if (!removed) throw unknownKey(param("id"));
      removeSites(services, removed);
      return null;
    },
  ),
];
