import { z } from "zod";
import { ProvisionAnswer } from "../../protocol/edgeflow/index.js";

/** A device id or an API key: whatever it looks like, it must go into a path, a header and a frame. */
export const Credential = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters, without spaces");

/** What no clock can read is no end, and no reason to do without credentials that cost a code. */
const End = z
  .string()
  .max(64)
  .refine((time) => !Number.isNaN(Date.parse(time)))
  .optional()
  .catch(undefined);

/** Credentials as a device takes them (PROTOCOLS C2). */
export const Given = ProvisionAnswer.extend({ device_id: Credential, api_key: Credential, expires_at: End });

/** What the code in the field takes for credentials (PROTOCOLS D4, 51); a path takes no half characters. */
const anything = z
  .string()
  .regex(/^\P{Cs}*$/u)
  .default("");
export const AnythingGiven = Given.extend({ device_id: anything, api_key: anything });
