import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { drawn, faultKind, forAWhile, Share } from "./fault.js";

/** A share of the devices and the rest of the world do not reach each other. */
export const partition = faultKind({
  schema: z.strictObject({ fault: z.literal("partition"), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) =>
    forAWhile(ground, drawn(ground, fault.share), fault.for, ({ link }) => {
      link.side = 1;
      return () => {
        link.side = 0;
      };
    }),
});
