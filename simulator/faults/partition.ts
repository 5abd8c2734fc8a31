import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { Condition, drawn, faultKind, Share } from "./fault.js";

const apart = new Condition(({ link }) => {
  link.side = 0;
});

/** A share of the devices and the rest of the world do not reach each other. */
export const partition = faultKind({
  schema: z.strictObject({ fault: z.literal("partition"), at: Time, for: LongTime, share: Share }),
  begin: (fault, ground) =>
    apart.befall(ground, drawn(ground, fault.share), fault.for, ({ link }) => () => {
      link.side = 1;
    }),
});
