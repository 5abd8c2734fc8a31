import { z } from "zod";
import { Time } from "../time.js";
import { drawn, faultKind, Share } from "./fault.js";

/** A share of the devices lose their power, each at a moment of its own within `over`. */
export const powerLoss = faultKind({
  schema: z.strictObject({ fault: z.literal("power-loss"), at: Time, over: Time.prefault("0s"), share: Share }),
  begin: ({ share, over }, ground) => {
    for (const host of drawn(ground, share)) {
      ground.virtual.after(ground.random.float() * over, () => host.losePower());
    }
  },
});
