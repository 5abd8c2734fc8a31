import { createMiddleware } from "hono/factory";
import type { Services } from "../../services.js";
import { refuse } from "../answer.js";
import { type Env, routes } from "../env.js";
import { blueprintRoutes } from "./blueprints.js";
import { codeRoutes } from "./codes.js";
import { deviceRoutes } from "./devices.js";
import { keyRoutes } from "./keys.js";
import { siteRoutes } from "./sites.js";

const bearer = /^Bearer +(\S+)$/i;

/** The integration API under /v1: whoever asks shows an API key and stays in its organisation (PROTOCOLS A21, G5). */
export function integrationRoutes(services: Services) {
  const authenticated = createMiddleware<Env>(async (c, next) => {
    const [, apiKey] = bearer.exec(c.req.header("authorization") ?? "") ?? [];
    if (!apiKey) throw refuse(401, "API key required");
    const org = await services.store.apiKeys.findOrg(apiKey);
    if (org === undefined) throw refuse(401, "Invalid API key");
    c.set("org", org);
    await next();
  });
  const ownOrg = createMiddleware<Env, "/v1/org/:org/*">(async (c, next) => {
    if (c.req.param("org") !== c.get("org")) throw refuse(403, "Key does not have access to this organization");
    await next();
  });

  return routes()
    .use("/v1/*", authenticated)
    .use("/v1/org/:org/*", ownOrg)
    .route("/", keyRoutes(services))
    .route("/", codeRoutes(services))
    .route("/", siteRoutes(services))
    .route("/", deviceRoutes(services))
    .route("/", blueprintRoutes(services));
}
