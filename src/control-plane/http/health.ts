import type { Services } from "../services.js";
import { refuse } from "./answer.js";
import { routes } from "./env.js";

/** /healthz: the process answers. /readyz: its database does too. */
export function healthRoutes({ store }: Services) {
  return routes()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      await store.counts().catch(() => {
        throw refuse(503, "The store is not available");
      });
      return c.json({ status: "ready" });
    });
}
