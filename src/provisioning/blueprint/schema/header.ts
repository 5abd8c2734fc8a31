import { z } from "zod";
import { Text } from "./values.js";

/** A header that is added to each request on its way to a target (PROTOCOLS B8). */
export const HeaderShape = z
  .object({
    name: Text.meta({ description: "Name of the header.", examples: ["X-Forwarded-Proto"] }),
    value: Text.meta({ description: "Its value.", examples: ["https"] }),
  })
  .meta({ id: "Header", description: "A header added to each request on its way to a target." });
