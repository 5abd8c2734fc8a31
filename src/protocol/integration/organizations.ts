import { z } from "zod";
import { Name, Pagination } from "./values.js";

/** How an organisation is named in paths. */
export const OrgId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be up to 64 letters, digits, - and _");

/** Null: unlimited. */
const MaxSites = z.number().int().min(0).max(1_000_000).nullable();

/** PUT /v1/org */
export const OrgCreate = z.strictObject({ orgId: OrgId, name: Name.optional(), maxSites: MaxSites.optional() });
export type OrgCreate = z.input<typeof OrgCreate>;

/** POST /v1/org/:org; at least one. */
export const OrgUpdate = z
  .strictObject({ name: Name.optional(), maxSites: MaxSites.optional() })
  .refine((changes) => Object.keys(changes).length > 0, "Provide name and/or maxSites");
export type OrgUpdate = z.input<typeof OrgUpdate>;

export const OrgItem = z.object({
  orgId: z.string(),
  name: z.string(),
  createdAt: z.string(),
  maxSites: z.number().nullable(),
});
export type OrgItem = z.infer<typeof OrgItem>;

export const OrgPage = z.object({ orgs: z.array(OrgItem), pagination: Pagination });

const Room = z.object({
  used: z.number(),
  /** Null: unlimited. */
  limit: z.number().nullable(),
});

/** GET /v1/org/:org/capacity: what a rollout can still count on. */
export const Capacity = z.object({
  sites: Room,
  devices: Room,
  /** Open channels of this server, and how many connections it takes in all. */
  connections: Room,
  /** Tunnels that the exit nodes can carry. */
  tunnels: Room,
  rateLimits: z.object({
    /** Good exchanges are not limited. */
    exchanges: z.null(),
    /** Wrong secrets from one source, before it is told to wait. */
    failuresPerSource: z.object({ limit: z.number(), windowSeconds: z.number() }),
    /** Codes from a source that has guessed too often, each second. */
    codesPerSecond: z.number(),
  }),
});
export type Capacity = z.infer<typeof Capacity>;
