import { z } from "zod";
import { TargetHealth } from "../integration/targets.js";

/** A health check as a newt is told of it; what is null has newt's default (PROTOCOLS A17). Times are seconds. */
export const HealthCheck = z.object({
  hcEnabled: z.boolean(),
  hcPath: z.string().nullable(),
  hcScheme: z.string().nullable(),
  hcMode: z.string(),
  hcHostname: z.string(),
  hcPort: z.number().int(),
  hcInterval: z.number().int(),
  hcUnhealthyInterval: z.number().int(),
  hcTimeout: z.number().int(),
  hcHeaders: z.record(z.string(), z.string()).nullable(),
  hcFollowRedirects: z.boolean(),
  hcMethod: z.string().nullable(),
  hcTlsServerName: z.string().nullable(),
  hcStatus: z.number().int().nullable(),
  hcHealthyThreshold: z.number().int(),
  hcUnhealthyThreshold: z.number().int(),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

/** `id` is the target's. */
export const HealthCheckTarget = HealthCheck.extend({ id: z.number().int() });
export type HealthCheckTarget = z.infer<typeof HealthCheckTarget>;

export const HealthChecksData = z.object({ targets: z.array(HealthCheckTarget) });
export const HealthCheckIdsData = z.object({ ids: z.array(z.number().int()) });
export const HealthCheckIdData = z.object({ id: z.number().int() });

/** What a newt has found, all of its checks at a time, by their ids (PROTOCOLS A17). */
export const HealthStatusData = z.object({
  targets: z.record(z.string(), z.object({ status: TargetHealth })),
});
