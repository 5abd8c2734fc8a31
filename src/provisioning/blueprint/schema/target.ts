import { z } from "zod";
import { HealthCheckShape, normalHealthCheck } from "./health-check.js";
import { present } from "./present.js";
import { Port } from "./values.js";

/** Where a public resource leads (PROTOCOLS B4). */
export const TargetShape = z
  .object({
    hostname: z.string().meta({ description: "Host as the site sees it.", examples: ["127.0.0.1", "web"] }),
    port: Port.meta({ description: "Port on that host.", examples: [8080] }),
    method: z
      .enum(["http", "https", "h2c"])
      .optional()
      .meta({ description: "How the host is spoken to; needed in mode http, and not allowed in tcp and udp." }),
    site: z.string().optional().meta({
      description:
        "Site that it is reached through, by niceId or exact name; absent: the site that applies the blueprint.",
    }),
    enabled: z.boolean().default(true).meta({ description: "Whether requests are led to it." }),
    "internal-port": Port.optional().meta({
      description: "Port inside the tunnel; absent: a free one from 40000 to 65534.",
    }),
    path: z
      .string()
      .optional()
      .meta({ description: "Only requests with this path are led to it; see `path-match`.", examples: ["/api"] }),
    "path-match": z.enum(["exact", "prefix", "regex"]).nullish().meta({ description: "How `path` is compared." }),
    "rewrite-path": z
      .string()
      .optional()
      .meta({ description: "What the path becomes; see `rewrite-match`. With `stripPrefix` it is `/` if absent." }),
    rewritePath: z
      .string()
      .optional()
      .meta({ description: "Older name of `rewrite-path`; wins if both are given.", deprecated: true }),
    "rewrite-match": z
      .enum(["exact", "prefix", "regex", "stripPrefix"])
      .nullish()
      .meta({ description: "Which part of the path is rewritten." }),
    priority: z
      .int()
      .min(1)
      .max(1000)
      .default(100)
      .meta({ description: "Which of several targets with a matching path comes first: the highest." }),
    healthcheck: HealthCheckShape.optional(),
  })
  .meta({ id: "Target", description: "A host and port that a public resource leads to, through a site." });

export type WrittenTarget = z.output<typeof TargetShape>;

/** Stripping a prefix leaves `/` unless something else is said (PROTOCOLS B4). */
export function normalTarget({ rewritePath, healthcheck, ...target }: WrittenTarget) {
  const stripped = target["rewrite-match"] === "stripPrefix" ? "/" : undefined;
  return present({
    ...target,
    "rewrite-path": rewritePath ?? target["rewrite-path"] ?? stripped,
    healthcheck: healthcheck && normalHealthCheck(healthcheck),
  });
}

/** A target in which all defaults are filled in. */
export type BlueprintTarget = ReturnType<typeof normalTarget>;
