import { z } from "zod";
import { TargetPage } from "../../../protocol/integration/schema.js";
import type { Services } from "../../services.js";
import type { StoredSite } from "../../store/sites.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { numericId } from "./query.js";

const onePath = "/v1/site/:siteId";

async function siteOf({ store }: Services, reach: string | undefined, id: string): Promise<StoredSite> {
  const siteId = numericId(id);
  const site = siteId === undefined ? undefined : await store.sites.find(reach, { siteId });
  if (!site) throw refuse(404, `Site with ID ${id} not found`);
  return site;
}

/** What a site's newt does, and what it is told to do at once. */
export const siteChannelEndpoints = [
  endpoint(
    {
      method: "post",
      path: `${onePath}/restart`,
      summary: "Restart a site's newt",
      needs: "sites:write",
      data: z.null(),
      message: "Restart sent successfully",
    },
    async ({ reach, param, address }, services) => {
      const { newtId, niceId, orgId } = await siteOf(services, reach, param("siteId"));
      const newt = services.newts.get(newtId);
      if (!newt) throw refuse(409, "Site is not connected");
      await services.store.audit.note({ action: "restart", orgId, target: niceId, address, result: "sent" });
      newt.send("newt/wg/restart", {});
      return null;
    },
  ),
  endpoint(
    {
      method: "get",
      path: `${onePath}/targets`,
      summary: "What a site's newt forwards to, in the order it came about",
      needs: "sites:read",
      data: TargetPage,
      message: "Targets retrieved successfully",
    },
    async ({ reach, param }, services) => {
      const { siteId } = await siteOf(services, reach, param("siteId"));
      return { targets: await services.store.targets.list(siteId) };
    },
  ),
];
