import { z } from "zod";
import { Capacity, OrgCreate, OrgItem, OrgPage, OrgUpdate } from "../../../protocol/integration/schema.js";
import { capacityOf } from "../../capacity.js";
import { removeSites } from "../../site-decisions.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const onePath = "/v1/org/:org";

function unknownOrg() {
  return refuse(404, "Organization not found");
}

/** Organisations: what is in one is invisible to another. */
export const organizationEndpoints = [
  endpoint(
    {
      method: "put",
      path: "/v1/org",
      summary: "Create an organisation; only a key of all organisations may",
      needs: "orgs:write",
      body: OrgCreate,
      data: OrgItem,
      status: 201,
      message: "Organization created successfully",
    },
    async ({ reach, body, address }, { store }) => {
      if (reach !== undefined) throw refuse(403, "Key does not have access to other organizations");
      const org = await store.orgs.create(body, address);
      if (!org) throw refuse(409, `Organization with ID ${body.orgId} exists already`);
      return org;
    },
  ),
  endpoint(
    {
      method: "get",
      path: "/v1/orgs",
      summary: "List the organisations that the key reaches",
      needs: "orgs:read",
      query: RangeQuery,
      data: OrgPage,
      message: "Organizations retrieved successfully",
    },
    async ({ reach, query }, { store }) => {
      const { items, total } = await store.orgs.list(reach, query);
      return { orgs: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "get",
      path: onePath,
      summary: "One organisation",
      needs: "orgs:read",
      data: OrgItem,
      message: "Organization retrieved successfully",
    },
    async ({ org }, { store }) => {
      const item = await store.orgs.find(org);
      if (!item) throw unknownOrg();
      return item;
    },
  ),
  endpoint(
    {
      method: "post",
      path: onePath,
      summary: "Rename an organisation or limit its sites; only a key of all organisations may do the latter",
      needs: "orgs:write",
      body: OrgUpdate,
      data: OrgItem,
      message: "Organization updated successfully",
    },
    async ({ org, reachesAll, body, address }, { store }) => {
      if (body.maxSites !== undefined && !reachesAll) {
        throw refuse(403, "Key does not have access to the limits of its organization");
      }
      const item = await store.orgs.update({ orgId: org, address }, body);
      if (!item) throw unknownOrg();
      return item;
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete an organisation with all that is in it",
      needs: "orgs:write",
      data: z.null(),
      message: "Organization deleted successfully",
    },
    async ({ org, address }, services) => {
      const removed = await services.store.orgs.delete({ orgId: org, address });
      if (!removed) throw unknownOrg();
      removeSites(services, { newtIds: removed.newtIds, configs: [] });
      for (const deviceId of removed.deviceIds) services.devices.get(deviceId)?.reject("device deleted");
      return null;
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${onePath}/capacity`,
      summary: "What a rollout can still count on",
      needs: "orgs:read",
      data: Capacity,
      message: "Capacity retrieved successfully",
    },
    ({ org }, services) => capacityOf(services, org),
  ),
];
