import type { Context, Hono } from "hono";
import type { Services } from "../services.js";
import { authenticate } from "./access.js";
import { answerFailures, bad } from "./answer.js";
import { provisionEndpoint } from "./edgeflow/provision.js";
import { shadowEndpoints } from "./edgeflow/shadow.js";
import type { Endpoint } from "./endpoint.js";
import { type Env, routes } from "./env.js";
import { healthEndpoints } from "./health.js";
import { integrationEndpoints } from "./integration/index.js";
import { metricsEndpoint } from "./metrics.js";
import { credentialEndpoints } from "./newt/credentials.js";
import { registerEndpoint } from "./newt/register.js";
import { observed, type Pattern } from "./observed.js";
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
  metricsEndpoint,
];

/** All routes of the one origin. */
export function createApp(services: Services): Hono<Env> {
  const failed = answerFailures(services.world.log, bad);

  async function notFound(c: Context<Env>): Promise<Response> {
    // What is no API key is told so wherever it is tried.
    if (c.req.path.startsWith("/v1/")) await authenticate(c, services);
    return bad(c, { status: 404, message: "Not found" });
  }

  function route(pattern: Pattern, handle: (c: Context<Env>) => Promise<Response>): void {
    app.on(
      pattern.method,
      pattern.path,
      observed(services, pattern, (c) => handle(c).catch((error: unknown) => failed(error, c))),
    );
  }

  const app = routes().notFound(
    observed(services, { method: "any", path: "unmatched" }, (c) =>
      notFound(c).catch((error: unknown) => failed(error, c)),
    ),
  );
  for (const { spec, handle } of endpoints) route(spec, (c) => handle(services, c));
  route({ method: "get", path: "/openapi.json" }, async (c) => c.json(openApi(endpoints, services.version)));
  route({ method: "get", path: "/" }, (c) => statusPage(services, c));
  return app;
}
