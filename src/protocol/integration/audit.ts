import { z } from "zod";
import { Pagination } from "./values.js";

/** GET /v1/org/:org/audit: what was decided, newest first. */
export const AuditItem = z.object({
  auditId: z.number(),
  at: z.string(),
  action: z.string(),
  /** The key or batch of codes that was shown. */
  keyId: z.string().nullable(),
  /** The site or device it was about. */
  target: z.string().nullable(),
  address: z.string().nullable(),
  result: z.string(),
});
export type AuditItem = z.infer<typeof AuditItem>;

export const AuditPage = z.object({ audit: z.array(AuditItem), pagination: Pagination });
