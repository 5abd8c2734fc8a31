import { z } from "zod";
import { Pagination } from "./values.js";

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

/** One blueprint, with its document. */
export const BlueprintDetail = BlueprintItem.extend({ contents: z.string() });

export const BlueprintPage = z.object({ blueprints: z.array(BlueprintItem), pagination: Pagination });
