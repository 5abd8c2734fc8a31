import { z } from "zod";
import { present } from "./present.js";

/** A page that is shown instead of the resource (PROTOCOLS B8). Commercial builds of Pangolin only. */
export const MaintenanceShape = z
  .object({
    enabled: z.boolean().optional().meta({ description: "Whether the page may be shown." }),
    type: z
      .enum(["forced", "automatic"])
      .optional()
      .meta({ description: "`forced`: now; `automatic`: while no target is well." }),
    title: z.string().max(255).nullish().meta({ description: "Title of the page, at most 255 characters." }),
    message: z.string().max(2000).nullish().meta({ description: "Text of the page, at most 2000 characters." }),
    "estimated-time": z
      .string()
      .max(100)
      .nullish()
      .meta({ description: "When it will be back, in words; at most 100 characters.", examples: ["2 hours"] }),
  })
  .meta({ id: "Maintenance", description: "A page that is shown instead of the resource." });

export function normalMaintenance(maintenance: z.output<typeof MaintenanceShape>) {
  return present(maintenance);
}
