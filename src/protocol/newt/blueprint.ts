import { z } from "zod";

/**
 * A JSON text in a string (PROTOCOLS B1). `once` is ours: true says that it is a provisioning blueprint, which a server that
 * knows the word never applies a second time to its site; false that it comes from a file that governs.
 */
export const BlueprintApplyData = z.object({ blueprint: z.string(), once: z.boolean().optional() });

/**
 * `warnings` and `parked` are ours, and go to those only who say `once`: what was dropped or resolved otherwise than it was
 * written; and that the blueprint is kept until the site is approved, and not applied yet.
 */
export const BlueprintResultsData = z.object({
  success: z.boolean(),
  message: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  parked: z.boolean().optional(),
});
