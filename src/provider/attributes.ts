import { parseDuration } from "../provisioning/duration.js";
import type { Attribute } from "../terraform/index.js";
import type { FirstbootClient } from "./client.js";

/** Attributes that several resources share. */

export const org = {
  type: "string",
  optional: true,
  replace: true,
  description: "The organisation it belongs to. Default: the provider's `org`.",
  defaultFrom: (client: FirstbootClient) => client.org,
} as const satisfies Attribute<FirstbootClient>;

export const name = {
  type: "string",
  required: true,
  replace: true,
  description: "What people call it: 1 to 255 characters.",
  validate: (text: string) =>
    text.trim() === text && text.length >= 1 && text.length <= 255
      ? undefined
      : "must have 1 to 255 characters and no space at its ends",
} as const satisfies Attribute;

export const ageRecipients = {
  type: ["list", "string"],
  optional: true,
  replace: true,
  description:
    "Public [age](https://age-encryption.org) keys (`age1…`). With them the secret is sealed once, when it is made, and the state holds only the ciphertext.",
} as const satisfies Attribute;

export const id = {
  type: "string",
  computed: true,
  stable: true,
  description: "What the server calls it. Not a secret.",
} as const satisfies Attribute;

export const used = {
  type: "number",
  computed: true,
  description: "How many devices have come with it so far.",
} as const satisfies Attribute;

export const state = {
  type: "string",
  computed: true,
  description: "`active`, `used_up`, `expired` or `revoked`.",
} as const satisfies Attribute;

export function isDuration(text: string): string | undefined {
  return (parseDuration(text) ?? 0) >= 1_000 ? undefined : "must be a duration such as 90s, 15m, 168h or 7d";
}

export function isTime(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
    ? undefined
    : "must be a time with its zone such as 2030-01-31T12:00:00Z";
}

/** A check for whole numbers between two bounds. */
export function isCount(max: number): (value: number) => string | undefined {
  return (value) =>
    Number.isInteger(value) && value >= 1 && value <= max ? undefined : `must be a whole number from 1 to ${max}`;
}
