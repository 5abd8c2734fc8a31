import type { Context } from "hono";
import { z } from "zod";
import { type SiteItem, siteStatuses } from "../../../protocol/integration/schema.js";
import type { Services } from "../../services.js";
import { releaseSite, removeSite } from "../../site-decisions.js";
import type { StoredSite } from "../../store/sites.js";
import { good, refuse } from "../answer.js";
import { readQuery } from "../body.js";
import { type Env, routes } from "../env.js";
import { numericId } from "./query.js";

/** Bad values fall back, unknown names are refused (PROTOCOLS A21, G5). */
const SitesQuery = z.strictObject({
  page: z.coerce.number().int().min(1).catch(1),
  pageSize: z.coerce.number().int().min(1).max(1_000).catch(20),
  query: z.string().max(255).optional().catch(undefined),
  online: z.enum(["true", "false"]).optional().catch(undefined),
  status: z.enum(siteStatuses).optional().catch(undefined),
});

const onePath = "/v1/site/:siteId";

/** Sites. */
export function siteRoutes(services: Services) {
  const { store, newts } = services;

  /** What only the live channels know: online now, and heard of last. */
  function withPresence(site: StoredSite): SiteItem {
    const online = newts.has(site.newtId);
    return { ...site, online, lastSeen: newts.lastHeard(site.newtId) ?? site.lastSeen };
  }

  function idOf(c: Context<Env, typeof onePath>): number {
    const id = numericId(c.req.param("siteId"));
    if (id === undefined) throw unknownSite(c.req.param("siteId"));
    return id;
  }

  function deciderOf(c: Context<Env>) {
    return { orgId: c.get("org"), address: c.env.peer.address };
  }

  return routes()
    .get("/v1/org/:org/sites", async (c) => {
      const { page, pageSize, query, online, status } = readQuery(c, SitesQuery);
      const { items, total } = await store.sites.list(
        c.get("org"),
        { query, status, newts: online && { ids: newts.ids(), among: online === "true" } },
        { limit: pageSize, offset: (page - 1) * pageSize },
      );
      const data = { sites: items.map(withPresence), pagination: { total, pageSize, page } };
      return good(c, data, "Sites retrieved successfully");
    })
    .get("/v1/org/:org/site/:niceId", async (c) => {
      const site = await store.sites.find(c.get("org"), { niceId: c.req.param("niceId") });
      if (!site) throw unknownSite(c.req.param("niceId"));
      return good(c, withPresence(site), "Site retrieved successfully");
    })
    .get(onePath, async (c) => {
      const siteId = idOf(c);
      const site = await store.sites.find(c.get("org"), { siteId });
      if (!site) throw unknownSite(String(siteId));
      return good(c, withPresence(site), "Site retrieved successfully");
    })
    .delete(onePath, async (c) => {
      const siteId = idOf(c);
      const site = await store.sites.delete(siteId, deciderOf(c));
      if (!site) throw unknownSite(String(siteId));
      removeSite(services, site.newtId);
      return good(c, null, "Site deleted successfully");
    })
    .post(`${onePath}/approve`, async (c) => {
      const siteId = idOf(c);
      const site = await store.sites.approve(siteId, deciderOf(c));
      if (!site) throw unknownSite(String(siteId));
      if (site.changed) releaseSite(services, site.newtId);
      return good(c, null, site.changed ? "Site approved successfully" : "Site was approved already");
    })
    .post(`${onePath}/reject`, async (c) => {
      const siteId = idOf(c);
      const site = await store.sites.reject(siteId, deciderOf(c));
      if (!site) throw unknownSite(String(siteId));
      if (!site.removed) throw refuse(400, "Site is not pending: delete it instead");
      removeSite(services, site.newtId);
      return good(c, null, "Site rejected successfully");
    });
}

function unknownSite(id: string) {
  return refuse(404, `Site with ID ${id} not found`);
}
