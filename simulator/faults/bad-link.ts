import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { Condition, drawn, faultKind, Share } from "./fault.js";

const disturbed = new Condition(({ link }) => {
  link.profile = link.usual;
});

/** A share of the devices have a worse connection for a while: slow, losing packets, or breaking at messages. */
export const badLink = faultKind({
  schema: z
    .strictObject({
      fault: z.literal("bad-link"),
      at: Time,
      for: LongTime,
      share: Share,
      latency: Time.optional(),
      loss: z.number().min(0).max(0.9).optional(),
      /** Share of messages at which their connection breaks. */
      cut: z.number().min(0).max(0.9).optional(),
    })
    .refine(
      ({ latency, loss, cut }) => (latency ?? loss ?? cut) !== undefined,
      "changes nothing; allowed: one or more of latency, loss, cut",
    ),
  begin: ({ latency, loss, cut, ...fault }, ground) =>
    disturbed.befall(ground, drawn(ground, fault.share), fault.for, ({ link }) => () => {
      link.profile = {
        ...link.profile,
        ...(latency !== undefined && { latencyMs: latency }),
        ...(loss !== undefined && { loss }),
        ...(cut !== undefined && { cut }),
      };
    }),
});
