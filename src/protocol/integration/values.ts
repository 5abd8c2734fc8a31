import { z } from "zod";

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

const Label = Name.max(64).regex(/^[^,]+$/, "must have no comma");

/** What a key or a batch of codes stamps on those that come by it. */
export const Labels = z
  .array(Label)
  .max(32)
  .transform((labels) => [...new Set(labels)].sort());

export const Pagination = z.object({ total: z.number() }).loose();
