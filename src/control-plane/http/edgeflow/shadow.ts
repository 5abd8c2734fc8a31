import { createMiddleware } from "hono/factory";
import { ShadowUpdate } from "../../../protocol/edgeflow/api.js";
import type { Services } from "../../services.js";
import { refuse } from "../answer.js";
import { readBody } from "../body.js";
import { type Env, routes } from "../env.js";

const path = "/api/v1/devices/:deviceId/shadow";
const gone = () => refuse(404, "Unknown device");

/** GET and PUT /api/v1/devices/:id/shadow, for the device with its own API key (PROTOCOLS C5). */
export function shadowRoutes({ store }: Services) {
  const ownKey = createMiddleware<Env, typeof path>(async (c, next) => {
    const apiKey = c.req.header("x-api-key");
    if (!apiKey) throw refuse(401, "X-API-Key required");
    if (!(await store.devices.verify(c.req.param("deviceId"), apiKey))) throw refuse(401, "Invalid API key");
    await next();
  });

  return routes()
    .get(path, ownKey, async (c) => {
      const shadow = await store.shadows.find(c.req.param("deviceId"));
      if (!shadow) throw gone();
      return c.json(shadow);
    })
    .put(path, ownKey, async (c) => {
      const { reported } = await readBody(c, ShadowUpdate);
      const shadow = await store.shadows.report(c.req.param("deviceId"), reported);
      if (!shadow) throw gone();
      return c.json(shadow);
    });
}
