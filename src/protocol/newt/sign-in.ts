import { z } from "zod";

/** Somebody signs in to a host behind the site; answered with `ws/round-trip/complete`, whatever comes of it (PROTOCOLS A16). */
export const PamConnectionData = z.object({ messageId: z.number().int() });

export const RoundTripData = z.object({
  messageId: z.number().int(),
  complete: z.boolean(),
  error: z.string().optional(),
});
