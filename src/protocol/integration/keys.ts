import { z } from "zod";
import { usageStates } from "../../provisioning/usage.js";
import { Labels, Name, Pagination, Seconds, SourceCidrs, Time } from "./values.js";

/** Null: unlimited. */
const Uses = z.coerce.number().int().min(1).max(1_000_000).nullable();
/** "" clears it: never. */
const Until = z.union([z.literal(""), Time]);

/** Limits of ours beside Pangolin's. */
const limits = {
  /** A site that has not authenticated this long after its exchange is removed and its use given back; null: never. */
  reclaimAfter: Seconds.nullable().optional(),
  /** A site that stays offline this long is removed; null: never. */
  siteTtlOffline: Seconds.nullable().optional(),
  /** Networks that the key is exchanged from; none: any. */
  sourceCidrs: SourceCidrs.optional(),
  /** What a site's given name must look like, with `*` and `?`; null: anything. */
  namePattern: Name.nullable().optional(),
  /** Inherited by the key's sites. */
  labels: Labels.optional(),
};

/** PUT /v1/org/:org/site-provisioning-key (PROTOCOLS A21). */
export const KeyCreate = z.strictObject({
  name: Name,
  maxBatchSize: Uses,
  validUntil: Until.optional(),
  approveNewSites: z.boolean().default(true),
  ...limits,
  /** A key that the caller has made, `spk-<15>.<40>`; the server makes one if absent. */
  siteProvisioningKey: z
    .string()
    .regex(/^spk-[a-z0-9]{15}\.[a-z2-7]{40}$/, "must be a provisioning key, spk-<15>.<40>")
    .optional(),
});
export type KeyCreate = z.input<typeof KeyCreate>;

/** PATCH /v1/org/:org/site-provisioning-key/:id; at least one. */
export const KeyUpdate = z
  .strictObject({
    maxBatchSize: Uses.optional(),
    validUntil: Until.optional(),
    approveNewSites: z.boolean().optional(),
    ...limits,
  })
  .refine(
    (changes) => Object.keys(changes).length > 0,
    "Provide maxBatchSize and/or validUntil and/or approveNewSites",
  );
export type KeyUpdate = z.input<typeof KeyUpdate>;

/** DELETE …/:id: what becomes of the key's sites. */
export const KeyDeleteQuery = z.strictObject({ sites: z.enum(["keep", "delete"]).default("keep") });

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
  /** Ours from here on; a Pangolin server leaves them out, and we do where they are unset. */
  state: z.enum(usageStates).optional(),
  reclaimAfter: z.number().optional(),
  siteTtlOffline: z.number().optional(),
  sourceCidrs: z.array(z.string()).optional(),
  namePattern: z.string().optional(),
  labels: z.array(z.string()).optional(),
});
export type KeyItem = z.infer<typeof KeyItem>;

/** The answer to a creation: the only one that shows the key. */
export const KeyCreated = KeyItem.extend({ siteProvisioningKey: z.string() });
export type KeyCreated = z.infer<typeof KeyCreated>;

export const KeyPage = z.object({ siteProvisioningKeys: z.array(KeyItem), pagination: Pagination });
