import { z } from "zod";
import { ResourceKind } from "./resources.js";
import { Name, Pagination } from "./values.js";

/** Where a document came from (PROTOCOLS A21). */
export const blueprintSources = ["API", "UI", "NEWT", "CLI"] as const;
export const BlueprintSource = z.enum(blueprintSources);
export type BlueprintSource = z.infer<typeof BlueprintSource>;

/** An application of a document, or several in a row that were alike. */
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
  /** Ours: how often, when for the last time (Unix seconds), and whether it was a provisioning blueprint. */
  applications: z.number().optional(),
  lastAppliedAt: z.number().optional(),
  once: z.boolean().optional(),
});
export type BlueprintItem = z.infer<typeof BlueprintItem>;

/** One blueprint, with its document as YAML, in which secrets are masked. */
export const BlueprintDetail = BlueprintItem.extend({
  contents: z.string(),
  /** Ours: what was dropped or resolved otherwise than it was written. */
  warnings: z.array(z.string()).optional(),
});
export type BlueprintDetail = z.infer<typeof BlueprintDetail>;

export const BlueprintPage = z.object({ blueprints: z.array(BlueprintItem), pagination: Pagination });

/** base64 of JSON (PROTOCOLS A21, G5). */
const Encoded = z.base64().min(4);

/** PUT /v1/org/:org/blueprint. `name` and `source` are ours. */
export const BlueprintApply = z.strictObject({
  blueprint: Encoded,
  name: Name.optional(),
  source: z.enum(["API", "UI", "CLI"]).optional(),
});
export type BlueprintApply = z.input<typeof BlueprintApply>;

/** POST /v1/org/:org/blueprint/plan */
export const BlueprintPlanRequest = z.strictObject({ blueprint: Encoded });
export type BlueprintPlanRequest = z.input<typeof BlueprintPlanRequest>;

/** A difference at one place; absent on one side: it is not there. Secrets are masked. */
export const FieldChange = z.object({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type FieldChange = z.infer<typeof FieldChange>;

export const ResourceChange = z.object({
  action: z.enum(["create", "update"]),
  kind: ResourceKind,
  niceId: z.string(),
  /** Of a creation, what differs from the defaults. */
  fields: z.array(FieldChange),
  /** niceId of the site whose blueprint file governs it, and will overwrite this. */
  governedBy: z.string().nullable(),
});
export type ResourceChange = z.infer<typeof ResourceChange>;

/** What the application of a document would do now. No changes: the server is as the document says. */
export const BlueprintPlan = z.object({
  changes: z.array(ResourceChange),
  /** Roles that would be created. */
  roles: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type BlueprintPlan = z.infer<typeof BlueprintPlan>;
