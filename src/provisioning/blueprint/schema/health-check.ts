import { z } from "zod";
import { present } from "./present.js";
import { Port } from "./values.js";

const seconds = z.int();
const count = z.int().min(1);

/** Unlike those of a resource, its name and value may be empty. */
const CheckHeaderShape = z
  .object({
    name: z.string().meta({ description: "Name of the header.", examples: ["Host"] }),
    value: z.string().meta({ description: "Its value.", examples: ["app.example.com"] }),
  })
  .meta({ id: "HealthCheckHeader", description: "A header of the request." });

/** How a site finds out whether a target is well (PROTOCOLS B5). */
export const HealthCheckShape = z
  .object({
    hostname: z.string().meta({ description: "Host to ask, as the site sees it.", examples: ["127.0.0.1"] }),
    port: Port.meta({ description: "Port to ask.", examples: [8080] }),
    enabled: z.boolean().default(true).meta({ description: "Whether it is asked at all." }),
    path: z.string().default("/").meta({ description: "Path of the request; of no use in mode `tcp`." }),
    scheme: z
      .string()
      .optional()
      .meta({ description: "`http` or `https`; the site takes `http` if it is not told.", examples: ["https"] }),
    mode: z
      .string()
      .default("http")
      .meta({ description: "`tcp`: a connection is enough. Anything else: a request is answered.", examples: ["tcp"] }),
    interval: seconds.default(30).meta({ description: "Seconds between two checks while the target is well." }),
    "unhealthy-interval": seconds
      .default(30)
      .meta({ description: "Seconds between two checks while the target is not well." }),
    unhealthyInterval: seconds
      .optional()
      .meta({ description: "Older name of `unhealthy-interval`; wins if both are given.", deprecated: true }),
    timeout: seconds.default(5).meta({ description: "Seconds to wait for an answer." }),
    headers: z.array(CheckHeaderShape).nullish().meta({ description: "Headers of the request." }),
    "follow-redirects": z.boolean().default(true).meta({ description: "Whether a redirect is followed." }),
    followRedirects: z.boolean().optional().meta({
      description: "Older name of `follow-redirects`; it can switch following on, never off.",
      deprecated: true,
    }),
    method: z
      .string()
      .optional()
      .meta({ description: "Method of the request. Without one only mode `tcp` is checked.", examples: ["GET"] }),
    status: z
      .int()
      .optional()
      .meta({ description: "The one status that counts as well; absent: any from 200 to 299.", examples: [200] }),
    "healthy-threshold": count
      .default(1)
      .meta({ description: "How many good answers in a row make a target healthy." }),
    "unhealthy-threshold": count
      .default(1)
      .meta({ description: "How many failures in a row make a target unhealthy." }),
  })
  .meta({ id: "HealthCheck", description: "How the site finds out whether a target is well." });

/** Either of the two names of following switches it on (PROTOCOLS B5). */
export function normalHealthCheck(written: z.output<typeof HealthCheckShape>) {
  const { unhealthyInterval, followRedirects, ...check } = written;
  return present({
    ...check,
    "unhealthy-interval": unhealthyInterval ?? check["unhealthy-interval"],
    "follow-redirects": check["follow-redirects"] || followRedirects === true,
    headers: check.headers ?? [],
  });
}
