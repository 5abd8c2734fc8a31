import { z } from "zod";
import { refuse } from "./answer.js";
import { endpoint } from "./endpoint.js";

/** For operators and their load balancers. */
export const healthEndpoints = [
  endpoint(
    {
      method: "get",
      path: "/healthz",
      summary: "The process answers",
      data: z.object({ status: z.literal("ok") }),
      bare: true,
    },
    async () => ({ status: "ok" as const }),
  ),
  endpoint(
    {
      method: "get",
      path: "/readyz",
      summary: "It takes devices in, and its database answers",
      data: z.object({ status: z.literal("ready") }),
      bare: true,
    },
    async (_, { admission, store }) => {
      if (admission.isClosed) throw refuse(503, "The server is about to end");
      await store.counts().catch(() => {
        throw refuse(503, "The store is not available");
      });
      return { status: "ready" as const };
    },
  ),
];
