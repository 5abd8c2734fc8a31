import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { drawn, faultKind, forAWhile, Share } from "./fault.js";

/** A share of the devices have a worse connection for a while: slow, losing packets, or breaking at messages. */
export const badLink = faultKind({
  schema: z.strictObject({
    fault: z.literal("bad-link"),
    at: Time,
    for: LongTime,
    share: Share,
    latency: Time.optional(),
    loss: z.number().min(0).max(0.9).optional(),
    /** Share of messages at which their connection breaks. */
    cut: z.number().min(0).max(0.9).optional(),
  }),
  begin: ({ latency, loss, cut, ...fault }, ground) => {
    forAWhile(ground, drawn(ground, fault.share), fault.for, ({ link }) => {
      link.profile = {
        ...link.usual,
        ...(latency !== undefined && { latencyMs: latency }),
        ...(loss !== undefined && { loss }),
        ...(cut !== undefined && { cut }),
      };
      return () => {
        link.profile = link.usual;
      };
    });
  },
});
