import { CodesCreate, type CodesCreated } from "../../../protocol/integration/schema.js";
import type { Services } from "../../services.js";
import { good, refuse } from "../answer.js";
import { readBody, readQuery } from "../body.js";
import { routes } from "../env.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/provisioning-code";

/** The last moment that an ISO 8601 time of four-digit years can name, milliseconds. */
const latest = Date.UTC(9999, 11, 31);

/** Batches of one-time codes. */
export function codeRoutes({ store, world }: Services) {
  return routes()
    .put(path, async (c) => {
      const { name, quantity, ttlSeconds, expiresAt } = await readBody(c, CodesCreate);
      const end = expiresAt === undefined ? null : Date.parse(expiresAt);
      const life = ttlSeconds === undefined ? end : world.clock.now() + ttlSeconds * 1000;
      if (life !== null && life > latest) throw refuse(400, 'Validation error: Too far away at "ttlSeconds"');
      const { item, codes } = await store.codes.create(c.get("org"), { name, quantity, expiresAt: life });
      const created: CodesCreated = { ...item, codes };
      return good(c, created, "Provisioning codes created", 201);
    })
    .get(path, async (c) => {
      const range = readQuery(c, RangeQuery);
      const { items, total } = await store.codes.list(c.get("org"), range);
      const data = { provisioningCodes: items, pagination: { total, ...range } };
      return good(c, data, "Provisioning codes retrieved successfully");
    })
    .delete(`${path}/:id`, async (c) => {
      const id = c.req.param("id");
      if (!(await store.codes.delete(c.get("org"), id))) throw refuse(404, `Provisioning code ${id} not found`);
      return good(c, null, "Provisioning codes deleted successfully");
    });
}
