import { BlueprintDetail, BlueprintPage } from "../../../protocol/integration/schema.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { numericId, RangeQuery } from "./query.js";

/** The history of blueprints. */
export const blueprintEndpoints = [
  endpoint(
    {
      method: "get",
      path: "/v1/org/:org/blueprints",
      summary: "List applied blueprints, newest first",
      needs: "blueprints:read",
      query: RangeQuery,
      data: BlueprintPage,
      message: "Blueprints retrieved successfully",
    },
    async ({ org, query }, { store }) => {
      const { items, total } = await store.blueprints.list(org, query);
      return { blueprints: [...items], pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "get",
      path: "/v1/org/:org/blueprint/:id",
      summary: "One applied blueprint with its document",
      needs: "blueprints:read",
      data: BlueprintDetail,
      message: "Blueprint retrieved successfully",
    },
    async ({ org, param }, { store }) => {
      const id = numericId(param("id"));
      const blueprint = id === undefined ? undefined : await store.blueprints.find(org, id);
      if (!blueprint) throw refuse(404, `Blueprint with ID ${param("id")} not found`);
      return blueprint;
    },
  ),
];
