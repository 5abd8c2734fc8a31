import { z } from "zod";

/** What a newt says of a health check (PROTOCOLS A17). */
export const TargetHealth = z.enum(["unknown", "healthy", "unhealthy"]);
export type TargetHealth = z.infer<typeof TargetHealth>;

/** GET /v1/site/:siteId/targets: what a site's newt forwards to. */
export const TargetItem = z.object({
  targetId: z.number(),
  resourceNiceId: z.string(),
  protocol: z.enum(["tcp", "udp"]),
  host: z.string(),
  port: z.number(),
  /** Where the newt listens. */
  internalPort: z.number(),
  enabled: z.boolean(),
  /** Null where nothing is checked. */
  health: TargetHealth.nullable(),
  healthAt: z.string().nullable(),
});
export type TargetItem = z.infer<typeof TargetItem>;

export const TargetPage = z.object({ targets: z.array(TargetItem) });
