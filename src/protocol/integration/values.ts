import { z } from "zod";
import { parseCidr } from "../../provisioning/cidr.js";

/** ISO 8601 with a zone. */
export const Time = z.iso.datetime({ offset: true });

/** What people call a thing: no control characters. */
export const Name = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}+$/u, "must have no control characters");

/** A length of time in whole seconds, up to ten years. */
export const Seconds = z.number().int().min(1).max(315_360_000);

/** One word or several that a key or a batch of codes stamps on those that come by it. */
export const Label = Name.max(64).regex(/^[^,]+$/, "must have no comma");

export const Labels = z
  .array(Label)
  .max(32)
  .transform((labels) => [...new Set(labels)].sort());

const Cidr = z.string().transform((text, context) => {
  const cidr = parseCidr(text);
  if (cidr) return cidr.text;
  context.addIssue({ code: "custom", message: "must be an address or a network such as 10.0.0.0/8" });
  return z.NEVER;
});

/** Addresses and networks that somebody may come from. */
export const SourceCidrs = z.array(Cidr).max(100);

export const Pagination = z.object({ total: z.number() }).loose();
