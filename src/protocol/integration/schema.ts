import { z } from "zod";
import { usageStates } from "../../provisioning/usage.js";

/**
 * Bodies and answers of the integration API under `/v1` (PROTOCOLS A21, G5), which Terraform and scripts use, with the
 * additions of firstboot's own control plane.
 */

const Time = z.iso.datetime({ offset: true });
/** What people call a thing: no control characters. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}+$/u, "must have no control characters");

/** PUT /v1/org/:org/site-provisioning-key */
export const KeyCreate = z.strictObject({
  name: Name,
  /** Null: unlimited. */
  maxBatchSize: z.coerce.number().int().min(1).max(1_000_000).nullable(),
  /** ISO 8601; "" or absent: never. */
  validUntil: z.union([z.literal(""), Time]).optional(),
  approveNewSites: z.boolean().default(true),
});
export type KeyCreate = z.input<typeof KeyCreate>;

/** PATCH /v1/org/:org/site-provisioning-key/:id; at least one. */
export const KeyUpdate = z
  .strictObject({
    maxBatchSize: z.coerce.number().int().min(1).max(1_000_000).nullable().optional(),
    validUntil: z.union([z.literal(""), Time]).optional(),
    approveNewSites: z.boolean().optional(),
  })
  .refine(
    (changes) => Object.keys(changes).length > 0,
    "Provide maxBatchSize and/or validUntil and/or approveNewSites",
  );
export type KeyUpdate = z.input<typeof KeyUpdate>;

export const KeyItem = z.object({
  siteProvisioningKeyId: z.string(),
  orgId: z.string(),
  name: z.string(),
  lastChars: z.string(),
  createdAt: z.string(),
  lastUsed: z.string().nullable(),
  maxBatchSize: z.number().nullable(),
  numUsed: z.number(),
  validUntil: z.string().nullable(),
  approveNewSites: z.boolean(),
  /** Ours; a Pangolin server leaves it out. */
  state: z.enum(usageStates).optional(),
});
export type KeyItem = z.infer<typeof KeyItem>;
/** The answer to a creation: the only one that shows the key. */
export const KeyCreated = KeyItem.extend({ siteProvisioningKey: z.string() });
export type KeyCreated = z.infer<typeof KeyCreated>;

/** PUT /v1/org/:org/provisioning-code: a batch of one-time codes. */
export const CodesCreate = z
  .strictObject({
    name: Name,
    quantity: z.number().int().min(1).max(10_000).default(1),
    /** Length of life; without it and without `expiresAt` codes do not expire. */
    ttlSeconds: z.number().int().min(1).optional(),
    expiresAt: Time.optional(),
  })
  .refine(({ ttlSeconds, expiresAt }) => ttlSeconds === undefined || expiresAt === undefined, {
    message: "Provide ttlSeconds or expiresAt, not both",
  });
export type CodesCreate = z.input<typeof CodesCreate>;

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
});
export type CodesItem = z.infer<typeof CodesItem>;
export const CodesCreated = CodesItem.extend({ codes: z.array(z.string()) });
export type CodesCreated = z.infer<typeof CodesCreated>;

export const siteStatuses = ["pending", "approved"] as const;
export type SiteStatus = (typeof siteStatuses)[number];

export const SiteItem = z.object({
  siteId: z.number(),
  niceId: z.string(),
  name: z.string(),
  orgId: z.string().optional(),
  type: z.string(),
  online: z.boolean(),
  status: z.enum(siteStatuses),
  address: z.string().nullish(),
  newtId: z.string().nullish(),
  newtVersion: z.string().nullish(),
  /** Ours: the key the site came by, when, when last heard of. */
  siteProvisioningKeyId: z.string().nullish(),
  createdAt: z.string().nullish(),
  lastSeen: z.string().nullish(),
});
export type SiteItem = z.infer<typeof SiteItem>;

export interface SiteFilter {
  readonly online?: boolean;
  readonly status?: SiteStatus;
  /** A part of the name or niceId. */
  readonly query?: string;
}

export const DeviceItem = z.object({
  deviceId: z.string(),
  orgId: z.string(),
  name: z.string(),
  online: z.boolean(),
  provisioningCodeId: z.string().nullable(),
  boardModel: z.string().nullable(),
  macAddress: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastSeen: z.string().nullable(),
});
export type DeviceItem = z.infer<typeof DeviceItem>;

/** POST /v1/org/:org/device/:id/command, answered with the device's `CommandResult`. */
export const CommandRequest = z.strictObject({
  action: z.string().min(1).max(100),
  payload: z.record(z.string(), z.unknown()).optional(),
  timeoutSeconds: z.number().min(1).max(60).default(10),
});
export type CommandRequest = z.input<typeof CommandRequest>;

export const BlueprintItem = z.object({
  blueprintId: z.number(),
  name: z.string(),
  source: z.string(),
  succeeded: z.boolean(),
  orgId: z.string(),
  /** Unix seconds. */
  createdAt: z.number(),
  message: z.string().nullish(),
  /** Ours: who applied it, and whether it waits for the site's approval. */
  siteId: z.number().nullish(),
  parked: z.boolean().optional(),
});
export type BlueprintItem = z.infer<typeof BlueprintItem>;

export const Pagination = z.object({ total: z.number() }).loose();
