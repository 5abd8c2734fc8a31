import { z } from "zod";
import { Time } from "../time.js";
import { drawn, faultKind, Share } from "./fault.js";

/** A share of the devices' connections are forgotten on the way: both ends think they are open. */
export const halfOpen = faultKind({
  schema: z.strictObject({ fault: z.literal("half-open"), at: Time, share: Share }),
  begin: ({ share }, ground) => {
    for (const host of drawn(ground, share)) host.forgetConnections();
  },
});
