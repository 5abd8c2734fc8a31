import { KeyCreate, type KeyCreated, KeyUpdate } from "../../../protocol/integration/schema.js";
import type { Services } from "../../services.js";
import { good, refuse } from "../answer.js";
import { readBody, readQuery } from "../body.js";
import { routes } from "../env.js";
import { RangeQuery } from "./query.js";

const onePath = "/v1/org/:org/site-provisioning-key/:id";

function unknownKey(id: string) {
  return refuse(404, `Site provisioning key with ID ${id} not found`);
}

/** Provisioning keys. */
export function keyRoutes({ store }: Services) {
  return routes()
    .put("/v1/org/:org/site-provisioning-key", async (c) => {
      const { item, key } = await store.keys.create(c.get("org"), await readBody(c, KeyCreate));
      const created: KeyCreated = { ...item, siteProvisioningKey: key };
      return good(c, created, "Site provisioning key created", 201);
    })
    .get("/v1/org/:org/site-provisioning-keys", async (c) => {
      const range = readQuery(c, RangeQuery);
      const { items, total } = await store.keys.list(c.get("org"), range);
      const data = { siteProvisioningKeys: items, pagination: { total, ...range } };
      return good(c, data, "Site provisioning keys retrieved successfully");
    })
    .patch(onePath, async (c) => {
      const id = c.req.param("id");
      const item = await store.keys.update(c.get("org"), id, await readBody(c, KeyUpdate));
      if (!item) throw unknownKey(id);
      return good(c, item, "Site provisioning key updated successfully");
    })
    .delete(onePath, async (c) => {
      const id = c.req.param("id");
      if (!(await store.keys.delete(c.get("org"), id))) throw unknownKey(id);
      return good(c, null, "Site provisioning key deleted successfully");
    });
}
