import { z } from "zod";

const largestPage = 1_000;

/** `limit` and `offset` of a list; bad values fall back, unknown names are refused (PROTOCOLS G5). */
export const RangeQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(largestPage).catch(largestPage),
  offset: z.coerce.number().int().min(0).catch(0),
});

/** An id in a path that is a number; anything else names nothing. */
export function numericId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
