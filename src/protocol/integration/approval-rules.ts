import { z } from "zod";
import { KeyId } from "../../provisioning/credentials.js";
import { Label, Name, Pagination, SourceCidrs, Time } from "./values.js";

/**
 * PUT /v1/org/:org/approval-rule: pending sites that need nobody's decision, those that wait and those to come. All that
 * is given must hold; at least one of key, name pattern, label and source networks.
 */
export const ApprovalRuleCreate = z
  .strictObject({
    name: Name,
    siteProvisioningKeyId: KeyId.optional(),
    /** `*` stands for any characters and `?` for one. */
    namePattern: Name.optional(),
    label: Label.optional(),
    sourceCidrs: SourceCidrs.min(1).optional(),
    /** At most so many sites of this rule at a time; null: any number. */
    maxSites: z.number().int().min(1).max(1_000_000).nullable().default(null),
    /** Until when it lets sites in; for ever if absent. */
    expiresAt: Time.optional(),
  })
  .refine(
    ({ siteProvisioningKeyId, namePattern, label, sourceCidrs }) =>
      [siteProvisioningKeyId, namePattern, label, sourceCidrs].some((limit) => limit !== undefined),
    "Provide siteProvisioningKeyId, namePattern, label and/or sourceCidrs",
  );
export type ApprovalRuleCreate = z.input<typeof ApprovalRuleCreate>;

export const ApprovalRuleItem = z.object({
  approvalRuleId: z.number(),
  orgId: z.string(),
  name: z.string(),
  siteProvisioningKeyId: z.string().nullable(),
  namePattern: z.string().nullable(),
  label: z.string().nullable(),
  sourceCidrs: z.array(z.string()),
  maxSites: z.number().nullable(),
  /** How many sites it let in that are still there. */
  sites: z.number(),
  expiresAt: z.string().nullable(),
  createdAt: z.string(),
  /** `damaged`: its row cannot be read, so that it lets nobody in. */
  state: z.enum(["active", "full", "expired", "damaged"]),
});
export type ApprovalRuleItem = z.infer<typeof ApprovalRuleItem>;

/** The answer to a creation: how many waiting sites it let in at once. */
export const ApprovalRuleCreated = ApprovalRuleItem.extend({ approved: z.number() });
export type ApprovalRuleCreated = z.infer<typeof ApprovalRuleCreated>;

export const ApprovalRulePage = z.object({ approvalRules: z.array(ApprovalRuleItem), pagination: Pagination });
