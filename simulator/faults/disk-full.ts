import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { drawn, faultKind, forAWhile, Share } from "./fault.js";

/** A share of the devices have no room left on their disks for a while. */
export const diskFull = faultKind({
  schema: z.strictObject({ fault: z.literal("disk-full"), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) =>
    forAWhile(ground, drawn(ground, fault.share), fault.for, ({ disk }) => {
      disk.capacity = 0;
      return () => {
        disk.capacity = Number.POSITIVE_INFINITY;
      };
    }),
});
