import { z } from "zod";
import { parseDuration } from "../src/provisioning/duration.js";

const week = 7 * 24 * 3600 * 1000;

/** A length of time as text, milliseconds once read. Zero means at once. */
export const Time = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds <= week) return milliseconds;
  context.addIssue({
    code: "custom",
    message: 'is not a duration; allowed: 0s to 1w, written like "250ms", "10s", "5m"',
  });
  return z.NEVER;
});

export const LongTime = Time.refine((milliseconds) => milliseconds > 0, "must be longer than nothing");
