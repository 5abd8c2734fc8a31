import type { Services } from "../../services.js";
import { good, refuse } from "../answer.js";
import { readQuery } from "../body.js";
import { routes } from "../env.js";
import { numericId, RangeQuery } from "./query.js";

/** The history of blueprints. */
export function blueprintRoutes({ store }: Services) {
  return routes()
    .get("/v1/org/:org/blueprints", async (c) => {
      const range = readQuery(c, RangeQuery);
      const { items, total } = await store.blueprints.list(c.get("org"), range);
      const data = { blueprints: items, pagination: { total, ...range } };
      return good(c, data, "Blueprints retrieved successfully");
    })
    .get("/v1/org/:org/blueprint/:id", async (c) => {
      const id = numericId(c.req.param("id"));
      const blueprint = id === undefined ? undefined : await store.blueprints.find(c.get("org"), id);
      if (!blueprint) throw refuse(404, `Blueprint with ID ${c.req.param("id")} not found`);
      return good(c, blueprint, "Blueprint retrieved successfully");
    });
}
