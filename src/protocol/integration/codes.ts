import { z } from "zod";
import { usageStates } from "../../provisioning/usage.js";
import { Labels, Name, Pagination, Seconds, Time } from "./values.js";

/** PUT /v1/org/:org/provisioning-code: a batch of one-time codes. */
export const CodesCreate = z
  .strictObject({
    name: Name,
    quantity: z.number().int().min(1).max(10_000).default(1),
    /** Length of life; without it and without `expiresAt` codes do not expire. */
    ttlSeconds: z.number().int().min(1).optional(),
    expiresAt: Time.optional(),
    /** A device that has not connected this long after its exchange is removed and its code given back; null: never. */
    reclaimAfter: Seconds.nullable().optional(),
    /** Inherited by the batch's devices. */
    labels: Labels.optional(),
  })
  .refine(({ ttlSeconds, expiresAt }) => ttlSeconds === undefined || expiresAt === undefined, {
    message: "Provide ttlSeconds or expiresAt, not both",
  });
export type CodesCreate = z.input<typeof CodesCreate>;

/** POST …/:id/revoke: one code of a batch, or all that are not used. */
export const CodesRevoke = z.strictObject({ code: z.string().min(1).max(100).optional() });
export type CodesRevoke = z.input<typeof CodesRevoke>;

export const CodesItem = z.object({
  provisioningCodeId: z.string(),
  orgId: z.string(),
  name: z.string(),
  quantity: z.number(),
  numUsed: z.number(),
  createdAt: z.string(),
  lastUsed: z.string().nullable(),
  expiresAt: z.string().nullable(),
  state: z.enum(usageStates),
  /** Left out where unset. */
  reclaimAfter: z.number().optional(),
  labels: z.array(z.string()).optional(),
  /** Codes revoked one by one. */
  numRevoked: z.number().optional(),
});
export type CodesItem = z.infer<typeof CodesItem>;

export const CodesCreated = CodesItem.extend({ codes: z.array(z.string()) });
export type CodesCreated = z.infer<typeof CodesCreated>;

export const CodesPage = z.object({ provisioningCodes: z.array(CodesItem), pagination: Pagination });
