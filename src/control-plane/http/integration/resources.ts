import { z } from "zod";
import {
  kindTitles,
  ResourceCreate,
  ResourceDetail,
  ResourceKind,
  ResourcePage,
  ResourceUpdate,
} from "../../../protocol/integration/schema.js";
import { tellNewts } from "../../site-decisions.js";
import type { ResourceName } from "../../store/resource/mentions.js";
import { refuse } from "../answer.js";
import { type Call, endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/resource";
const onePath = `${path}/:kind/:niceId`;

const ResourcesQuery = RangeQuery.extend({ kind: ResourceKind.optional(), site: z.string().max(255).optional() });

function nameOf({ param }: Pick<Call<unknown, unknown>, "param">): ResourceName {
  const kind = ResourceKind.safeParse(param("kind")).data;
  if (!kind) throw refuse(404, `There is no kind of resource ${param("kind")}`);
  return { kind, niceId: param("niceId") };
}

function unknownResource({ kind, niceId }: ResourceName) {
  return refuse(404, `There is no ${kindTitles[kind]} ${niceId}`);
}

/** All that speaks against a document. */
function refused(reasons: readonly string[]) {
  return refuse(400, `Validation error: ${reasons.join("; ")}`);
}

/** Policies and resources, one by one; whole documents of them are blueprints. */
export const resourceEndpoints = [
  endpoint(
    {
      method: "get",
      path: `${path}s`,
      summary: "List resources by kind and niceId",
      needs: "resources:read",
      query: ResourcesQuery,
      data: ResourcePage,
      message: "Resources retrieved successfully",
    },
    async ({ org, query: { limit, offset, ...wish } }, { store }) => {
      const { items, total } = await store.resources.list(org, wish, { limit, offset });
      return { resources: [...items], pagination: { total, limit, offset } };
    },
  ),
  endpoint(
    {
      method: "put",
      path,
      summary: "Create a resource; its document is what stands below its niceId in a blueprint",
      needs: "resources:write",
      body: ResourceCreate,
      data: ResourceDetail,
      status: 201,
      message: "Resource created successfully",
    },
    async ({ org, body, address }, services) => {
      const made = await services.store.resources.create({ orgId: org, address }, body);
      if (made === "taken") throw refuse(409, `There is a ${kindTitles[body.kind]} ${body.niceId} already`);
      if ("refused" in made) throw refused(made.refused);
      tellNewts(services, made);
      return made.resource;
    },
  ),
  endpoint(
    {
      method: "get",
      path: onePath,
      summary: "One resource with its document, its targets and their health",
      needs: "resources:read",
      data: ResourceDetail,
      message: "Resource retrieved successfully",
    },
    async (call, { store }) => {
      const name = nameOf(call);
      const resource = await store.resources.find(call.org, name);
      if (!resource) throw unknownResource(name);
      return resource;
    },
  ),
  endpoint(
    {
      method: "patch",
      path: onePath,
      summary: "Edit a resource by a JSON merge patch for its document",
      needs: "resources:write",
      body: ResourceUpdate,
      data: ResourceDetail,
      message: "Resource updated successfully",
    },
    async (call, services) => {
      const name = nameOf(call);
      const { org: orgId, address, body } = call;
      const edited = await services.store.resources.edit({ orgId, address }, name, body.document);
      if (!edited) throw unknownResource(name);
      if ("refused" in edited) throw refused(edited.refused);
      tellNewts(services, edited);
      return edited.resource;
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete a resource with its targets",
      needs: "resources:write",
      data: z.null(),
      message: "Resource deleted successfully",
    },
    async (call, services) => {
      const name = nameOf(call);
      const deleted = await services.store.resources.delete({ orgId: call.org, address: call.address }, name);
      if (!deleted) throw unknownResource(name);
      if ("refused" in deleted) throw refuse(409, deleted.refused.join("; "));
      tellNewts(services, deleted);
      return null;
    },
  ),
];
