import type { Hono } from "hono";
import type { Services } from "../services.js";
import { answerFailures, bad, bareBad } from "./answer.js";
import { provisionRoute } from "./edgeflow/provision.js";
import { shadowRoutes } from "./edgeflow/shadow.js";
import { type Env, routes } from "./env.js";
import { healthRoutes } from "./health.js";
import { integrationRoutes } from "./integration/index.js";
import { registerRoute } from "./newt/register.js";
import { tokenRoute } from "./newt/token.js";
import { versionRoute } from "./newt/version.js";
import { statusPage } from "./status-page.js";

/** All routes of the one origin. */
export function createApp(services: Services): Hono<Env> {
  const { log } = services.world;
  const edgeflow = routes()
    .onError(answerFailures(log, bareBad))
    .route("/", provisionRoute(services))
    .route("/", shadowRoutes(services));
  return routes()
    .onError(answerFailures(log, bad))
    .notFound((c) => bad(c, { status: 404, message: "Not found" }))
    .route("/", edgeflow)
    .route("/", registerRoute(services))
    .route("/", tokenRoute(services))
    .route("/", versionRoute(services))
    .route("/", integrationRoutes(services))
    .route("/", healthRoutes(services))
    .route("/", statusPage(services));
}
