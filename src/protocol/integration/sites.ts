import { z } from "zod";
import { Name, Pagination } from "./values.js";

export const siteStatuses = ["pending", "approved"] as const;
export type SiteStatus = (typeof siteStatuses)[number];

export const SiteItem = z.object({
  siteId: z.number(),
  niceId: z.string(),
  name: z.string(),
  orgId: z.string().optional(),
  orgName: z.string().nullish(),
  type: z.string(),
  online: z.boolean(),
  status: z.enum(siteStatuses),
  address: z.string().nullish(),
  newtId: z.string().nullish(),
  newtVersion: z.string().nullish(),
  newtUpdateAvailable: z.boolean().nullish(),
  /** Its tunnel, and the exit node at the other end (PROTOCOLS A21). */
  pubKey: z.string().nullish(),
  subnet: z.string().nullish(),
  megabytesIn: z.number().nullish(),
  megabytesOut: z.number().nullish(),
  exitNodeId: z.number().nullish(),
  exitNodeName: z.string().nullish(),
  exitNodeEndpoint: z.string().nullish(),
  remoteExitNodeId: z.string().nullish(),
  resourceCount: z.number().nullish(),
  /** Ours: the key the site came by, when, when last heard of, and the key's labels by then. */
  siteProvisioningKeyId: z.string().nullish(),
  createdAt: z.string().nullish(),
  lastSeen: z.string().nullish(),
  labels: z.array(z.unknown()).optional(),
  /** Ours: where the exchange came from, and where its newt is or was last heard from. */
  sourceAddress: z.string().nullish(),
  lastAddress: z.string().nullish(),
  /** Ours: the rule that let it in. */
  approvalRuleId: z.number().nullish(),
  /** Ours: the number of what its newt is to do, and the number that the newt has last said to have. */
  configVersion: z.number().optional(),
  configSeen: z.number().nullish(),
});
export type SiteItem = z.infer<typeof SiteItem>;

/** One site by itself: where in the world it is, if that is known (PROTOCOLS A21). */
export const SiteDetail = SiteItem.extend({ countryCode: z.string().nullish() });
export type SiteDetail = z.infer<typeof SiteDetail>;

export const SitePage = z.object({ sites: z.array(SiteItem), pagination: Pagination });

export const siteOrders = ["name", "megabytesIn", "megabytesOut"] as const;

export interface SiteFilter {
  readonly online?: boolean;
  readonly status?: SiteStatus;
  /** A part of the name or niceId. */
  readonly query?: string;
  /** Sites with all of these, separated by commas. */
  readonly labels?: string;
}

const NiceId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/, "must be lower-case words joined by -");

/** POST /v1/site/:siteId; at least one. */
export const SiteUpdate = z
  .strictObject({ name: Name.optional(), niceId: NiceId.optional() })
  .refine((changes) => Object.keys(changes).length > 0, "Provide name and/or niceId");
export type SiteUpdate = z.input<typeof SiteUpdate>;

/** PUT /v1/org/:org/site: a site whose credentials are made beforehand (PROTOCOLS G5). */
export const SiteCreate = z.strictObject({
  name: Name,
  type: z.literal("newt").default("newt"),
  newtId: z
    .string()
    .regex(/^[a-z0-9]{15}$/, "must be 15 lower-case letters and digits")
    .optional(),
  secret: z.string().min(32).max(255).optional(),
});
export type SiteCreate = z.input<typeof SiteCreate>;

/** The answer to a creation and to a re-key: the only ones that show the secret. */
export const SiteCredentialsItem = z.object({ newtId: z.string(), secret: z.string() });
export const SiteCreated = SiteItem.extend(SiteCredentialsItem.shape);
export type SiteCreated = z.infer<typeof SiteCreated>;

/** POST /v1/site/:siteId/rekey: whether the open channel is closed as well. */
export const SiteRekey = z.strictObject({ disconnect: z.boolean().default(true) });
export type SiteRekey = z.input<typeof SiteRekey>;
