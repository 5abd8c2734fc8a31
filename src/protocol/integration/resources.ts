import { z } from "zod";
import { TargetItem } from "./targets.js";
import { Pagination } from "./values.js";

/** What a blueprint consists of: policies, resources for the world, resources for signed-in clients (PROTOCOLS B2). */
export const resourceKinds = ["policy", "public", "private"] as const;
export const ResourceKind = z.enum(resourceKinds);
export type ResourceKind = z.infer<typeof ResourceKind>;

/** What one of each kind is called. */
export const kindTitles = { policy: "policy", public: "public resource", private: "private resource" } as const;

export const ResourceItem = z.object({
  resourceId: z.number(),
  kind: ResourceKind,
  niceId: z.string(),
  name: z.string(),
  /** Null for a policy, and for a resource that was made of targets alone. */
  mode: z.string().nullable(),
  enabled: z.boolean(),
  /** niceIds of the sites that it leads to. */
  sites: z.array(z.string()),
  /** niceId of the site whose blueprint made it, and with which it goes; null: the organisation's. */
  ownerSite: z.string().nullable(),
  /** niceId of the site whose blueprint file governs it; null: none does. */
  governedBy: z.string().nullable(),
  /** It was edited since its governing blueprint was applied, and the next application will undo that. */
  overwriteExpected: z.boolean(),
  /** Who put it last: `API` or `NEWT`. */
  source: z.string(),
  updatedAt: z.string(),
});
export type ResourceItem = z.infer<typeof ResourceItem>;

/** A resource as a blueprint writes it. */
export const ResourceDocument = z.record(z.string(), z.unknown());
export type ResourceDocument = z.infer<typeof ResourceDocument>;

/** With the niceId of the site whose newt it is for. */
const ResourceTarget = TargetItem.extend({ site: z.string() });

/** GET /v1/org/:org/resource/:kind/:niceId. In `document` all defaults are filled in, and secrets are masked. */
export const ResourceDetail = ResourceItem.extend({
  document: ResourceDocument,
  targets: z.array(ResourceTarget),
  /** What was dropped or resolved otherwise than it was written; of an answer to a change only. */
  warnings: z.array(z.string()).optional(),
});
export type ResourceDetail = z.infer<typeof ResourceDetail>;

export const ResourcePage = z.object({ resources: z.array(ResourceItem), pagination: Pagination });

/** It stands in paths, where dots alone would be other paths. */
const NiceId = z
  .string()
  .regex(/^\S{1,255}$/, "must be 1 to 255 characters without blanks")
  .regex(/^(?!\.{1,2}$)/, "must not be dots alone");

/** PUT /v1/org/:org/resource: `document` is what stands below its niceId in a blueprint. */
export const ResourceCreate = z.strictObject({ kind: ResourceKind, niceId: NiceId, document: ResourceDocument });
export type ResourceCreate = z.input<typeof ResourceCreate>;

/**
 * PATCH /v1/org/:org/resource/:kind/:niceId: a JSON merge patch (RFC 7396) for its document. Lists are replaced, null
 * takes a key out, masked secrets stay as they are.
 */
export const ResourceUpdate = z.strictObject({ document: ResourceDocument });
export type ResourceUpdate = z.input<typeof ResourceUpdate>;

/** Which resources to list; absent: all. */
export interface ResourceFilter {
  readonly kind?: ResourceKind;
  /** niceId of a site that they lead to or belong to. */
  readonly site?: string;
}
