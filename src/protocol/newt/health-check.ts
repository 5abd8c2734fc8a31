import { z } from "zod";
import { TargetHealth } from "../integration/targets.js";
import { listOf } from "./lenient.js";

const text = z.string();
const integer = z.number().int();

/** A health check as a newt is told of it; what is null, zero or empty has newt's default (PROTOCOLS A17). Times are seconds. */
export const HealthCheck = z.object({
  hcEnabled: z.boolean(),
  hcPath: text.nullable(),
  hcScheme: text.nullable(),
  hcMode: text,
  hcHostname: text,
  hcPort: integer,
  hcInterval: integer,
  hcUnhealthyInterval: integer,
  hcTimeout: integer,
  hcHeaders: z.record(text, text).nullable(),
  hcFollowRedirects: z.boolean(),
  hcMethod: text.nullable(),
  hcTlsServerName: text.nullable(),
  hcStatus: integer.nullable(),
  hcHealthyThreshold: integer,
  hcUnhealthyThreshold: integer,
});
export type HealthCheck = z.infer<typeof HealthCheck>;

/** What a newt reads where a server says null or nothing. */
const unsaid: HealthCheck = {
  hcEnabled: false,
  hcPath: null,
  hcScheme: null,
  hcMode: "",
  hcHostname: "",
  hcPort: 0,
  hcInterval: 0,
  hcUnhealthyInterval: 0,
  hcTimeout: 0,
  hcHeaders: null,
  hcFollowRedirects: true,
  hcMethod: null,
  hcTlsServerName: null,
  hcStatus: null,
  hcHealthyThreshold: 0,
  hcUnhealthyThreshold: 0,
};

function filled(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given;
  return { ...unsaid, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) };
}

/** A health check on its way to a newt. `id` is the target's. */
export const HealthCheckTarget = z.preprocess(filled, HealthCheck.extend({ id: integer }));
export type HealthCheckTarget = z.infer<typeof HealthCheckTarget>;

export const HealthChecksData = z.object({ targets: listOf(HealthCheckTarget) });
export const HealthCheckIdsData = z.object({ ids: listOf(integer) });
export const HealthCheckIdData = z.object({ id: integer });

/** What a newt has found of one check (PROTOCOLS A17). */
export const HealthStatus = z.object({
  status: TargetHealth,
  /** RFC 3339; the year 1 before the first look. */
  lastCheck: text,
  checkCount: integer,
  /** Empty if the last look found it well. */
  lastError: text,
  /** As the newt carries it out, its defaults filled in. */
  config: HealthCheckTarget,
});
export type HealthStatus = z.infer<typeof HealthStatus>;

/** All of a newt's checks at a time, by their ids. A server needs no more of them than this. */
export const HealthStatusData = z.object({ targets: z.record(z.string(), HealthStatus.pick({ status: true })) });
