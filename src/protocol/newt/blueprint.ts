import { z } from "zod";

/**
 * A JSON text in a string (PROTOCOLS B1). `once` is ours: a provisioning blueprint, which a server that knows the word
 * never applies a second time to its site.
 */
export const BlueprintApplyData = z.object({ blueprint: z.string(), once: z.boolean().optional() });
export const BlueprintResultsData = z.object({ success: z.boolean(), message: z.string().optional() });
