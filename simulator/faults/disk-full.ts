import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { Condition, drawn, faultKind, Share } from "./fault.js";

const full = new Condition(({ disk }) => {
  disk.capacity = Number.POSITIVE_INFINITY;
});

/** A share of the devices have no room left on their disks for a while. */
export const diskFull = faultKind({
  schema: z.strictObject({ fault: z.literal("disk-full"), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) =>
    full.befall(ground, drawn(ground, fault.share), fault.for, ({ disk }) => () => {
      disk.capacity = 0;
    }),
});
