import { z } from "zod";
import { Pagination } from "./values.js";

/** What somebody ought to look at. */
export const alertKinds = [
  /** A site waits for approval. */
  "site.pending",
  /** Two live channels show one identity: a cloned disk image, or stolen credentials. */
  "identity.cloned",
  /** A right key is shown from where, under a name or at a time that it is not for, or somebody guesses at its secret. */
  "key.strangers",
  "key.used_up",
  "key.expiring",
  "capacity.low",
] as const;
export const AlertKind = z.enum(alertKinds);
export type AlertKind = z.infer<typeof AlertKind>;

export const AlertItem = z.object({
  alertId: z.number(),
  orgId: z.string(),
  kind: AlertKind,
  /** The site's niceId, the device's or key's id, or what runs out. */
  subject: z.string(),
  message: z.string(),
  /** How often it was seen since it was opened. */
  count: z.number(),
  firstAt: z.string(),
  lastAt: z.string(),
  /** When its cause was gone, or somebody closed it; null: open. */
  endedAt: z.string().nullable(),
});
export type AlertItem = z.infer<typeof AlertItem>;

export const AlertPage = z.object({ alerts: z.array(AlertItem), pagination: Pagination });

export interface AlertFilter {
  readonly open?: boolean;
  readonly kind?: AlertKind;
}
