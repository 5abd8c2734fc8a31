import type { Hono } from "hono";
import type { Services } from "../services.js";
import { authenticate } from "./access.js";
import { answerFailures, bad } from "./answer.js";
import { provisionEndpoint } from "./edgeflow/provision.js";
import { shadowEndpoints } from "./edgeflow/shadow.js";
import type { Endpoint } from "./endpoint.js";
import { type Env, routes } from "./env.js";
import { healthEndpoints } from "./health.js";
import { integrationEndpoints } from "./integration/index.js";
import { credentialEndpoints } from "./newt/credentials.js";
import { registerEndpoint } from "./newt/register.js";
import { openApi } from "./openapi.js";
import { statusPage } from "./status-page.js";

/** All that the one origin serves but its page and its own description. */
export const endpoints: readonly Endpoint[] = [
  registerEndpoint,
  ...credentialEndpoints,
  provisionEndpoint,
  ...shadowEndpoints,
  ...integrationEndpoints,
  ...healthEndpoints,
];

/** All routes of the one origin. */
export function createApp(services: Services): Hono<Env> {
  const app = routes()
    .onError(answerFailures(services.world.log, bad))
    .notFound(async (c) => {
      // What is no API key is told so wherever it is tried.
      if (c.req.path.startsWith("/v1/")) await authenticate(c, services);
      return bad(c, { status: 404, message: "Not found" });
    });
  for (const { spec, handle } of endpoints) app.on(spec.method, spec.path, (c) => handle(services, c));
  app.get("/openapi.json", (c) => c.json(openApi(endpoints, services.version)));
  return app.route("/", statusPage(services));
}
