import { z } from "zod";
import {
  SiteCreate,
  SiteCreated,
  SiteCredentialsItem,
  SiteDetail,
  SiteItem,
  SitePage,
  SiteRekey,
  SiteUpdate,
  siteOrders,
  siteStatuses,
} from "../../../protocol/integration/schema.js";
import type { Services } from "../../services.js";
import { releaseSite, removeSites } from "../../site-decisions.js";
import type { StoredSite } from "../../store/sites.js";
import { refuse } from "../answer.js";
import { endpoint, Said } from "../endpoint.js";
import { numericId } from "./query.js";

/** Bad values fall back, unknown names are refused (PROTOCOLS A21, G5). */
const SitesQuery = z.strictObject({
  page: z.coerce.number().int().min(1).catch(1),
  pageSize: z.coerce.number().int().min(1).max(1_000).catch(20),
  query: z.string().max(255).optional().catch(undefined),
  online: z.enum(["true", "false"]).optional().catch(undefined),
  status: z.enum(siteStatuses).optional().catch(undefined),
  labels: z.string().max(2_000).optional().catch(undefined),
  sort_by: z.enum(siteOrders).optional().catch(undefined),
  order: z.enum(["asc", "desc"]).catch("asc"),
});

const orgPath = "/v1/org/:org/site";
const onePath = "/v1/site/:siteId";

function unknownSite(id: string) {
  return refuse(404, `Site with ID ${id} not found`);
}

function siteIdOf(text: string): number {
  const id = numericId(text);
  if (id === undefined) throw unknownSite(text);
  return id;
}

/** With what only its live channel knows: that it is online, when and where it was heard from last, and what it has. */
function withPresence({ newts }: Services, site: StoredSite): SiteItem {
  const live = newts.get(site.newtId);
  return {
    ...site,
    online: live !== undefined,
    lastSeen: newts.lastHeard(site.newtId) ?? site.lastSeen,
    lastAddress: live?.address ?? site.lastAddress,
    configSeen: live?.configSeen ?? null,
  };
}

function detailOf(services: Services, site: StoredSite): SiteDetail {
  return { ...withPresence(services, site), countryCode: null };
}

/** Sites. */
export const siteEndpoints = [
  endpoint(
    {
      method: "get",
      path: `${orgPath}s`,
      summary: "List sites, oldest first unless asked otherwise",
      needs: "sites:read",
      query: SitesQuery,
      data: SitePage,
      message: "Sites retrieved successfully",
    },
    async ({ org, query: { page, pageSize, online, labels, sort_by: by, order: way, ...wish } }, services) => {
      const newts = online && { ids: services.newts.ids(), among: online === "true" };
      const { items, total } = await services.store.sites.list(
        org,
        { ...wish, newts, labels: labels?.split(",").filter((label) => label !== "") },
        { by, way },
        { limit: pageSize, offset: (page - 1) * pageSize },
      );
      return { sites: items.map((site) => withPresence(services, site)), pagination: { total, pageSize, page } };
    },
  ),
  endpoint(
    {
      method: "put",
      path: orgPath,
      summary: "Create a site whose credentials are made beforehand",
      needs: "sites:write",
      body: SiteCreate,
      data: SiteCreated,
      status: 201,
      message: "Site created successfully",
    },
    async ({ org, body, address }, services) => {
      const created = await services.store.sites.create({ orgId: org, address }, body);
      if (created === "taken") throw refuse(409, "A newt with this ID exists already");
      if (created === "full") throw refuse(403, "Site limit exceeded");
      return { ...withPresence(services, created.site), newtId: created.site.newtId, secret: created.secret };
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${orgPath}/:niceId`,
      summary: "One site by its niceId",
      needs: "sites:read",
      data: SiteDetail,
      message: "Site retrieved successfully",
    },
    async ({ org, param }, services) => {
      const site = await services.store.sites.find(org, { niceId: param("niceId") });
      if (!site) throw unknownSite(param("niceId"));
      return detailOf(services, site);
    },
  ),
  endpoint(
    {
      method: "get",
      path: onePath,
      summary: "One site",
      needs: "sites:read",
      data: SiteDetail,
      message: "Site retrieved successfully",
    },
    async ({ reach, param }, services) => {
      const site = await services.store.sites.find(reach, { siteId: siteIdOf(param("siteId")) });
      if (!site) throw unknownSite(param("siteId"));
      return detailOf(services, site);
    },
  ),
  endpoint(
    {
      method: "post",
      path: onePath,
      summary: "Rename a site",
      needs: "sites:write",
      body: SiteUpdate,
      data: SiteItem,
      message: "Site updated successfully",
    },
    async ({ reach, body, param, address }, services) => {
      const site = await services.store.sites.rename(siteIdOf(param("siteId")), { orgId: reach, address }, body);
      if (site === "taken") throw refuse(409, "A site with this niceId exists already");
      if (!site) throw unknownSite(param("siteId"));
      return withPresence(services, site);
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete a site with its credentials",
      needs: "sites:write",
      data: z.null(),
      message: "Site deleted successfully",
    },
    async ({ reach, param, address }, services) => {
      const removed = await services.store.sites.delete(siteIdOf(param("siteId")), { orgId: reach, address });
      if (!removed || removed === "other status") throw unknownSite(param("siteId"));
      removeSites(services, removed);
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/approve`,
      summary: "Approve a pending site",
      needs: "sites:write",
      data: z.null(),
      message: "Site approved successfully",
    },
    async ({ reach, param, address }, services) => {
      const site = await services.store.sites.approve(siteIdOf(param("siteId")), { orgId: reach, address });
      if (!site) throw unknownSite(param("siteId"));
      if (site === "already") return new Said(null, "Site was approved already");
      releaseSite(services, site);
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/reject`,
      summary: "Reject a pending site: it is deleted",
      needs: "sites:write",
      data: z.null(),
      message: "Site rejected successfully",
    },
    async ({ reach, param, address }, services) => {
      const removed = await services.store.sites.reject(siteIdOf(param("siteId")), { orgId: reach, address });
      if (!removed) throw unknownSite(param("siteId"));
      if (removed === "other status") throw refuse(400, "Site is not pending: delete it instead");
      removeSites(services, removed);
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/rekey`,
      summary: "Give a site a new secret; the old one and its tokens end",
      needs: "sites:write",
      body: SiteRekey,
      data: SiteCredentialsItem,
      message: "Site credentials regenerated successfully",
    },
    async ({ reach, body, param, address }, services) => {
      const credentials = await services.store.sites.rekey(siteIdOf(param("siteId")), { orgId: reach, address });
      if (!credentials) throw unknownSite(param("siteId"));
      if (body.disconnect) services.newts.get(credentials.newtId)?.end(1000, "Credentials have changed");
      return credentials;
    },
  ),
];
