import { z } from "zod";
import { type Random, text } from "../world/random.js";

const lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
const lowerBase32 = "abcdefghijklmnopqrstuvwxyz234567";
/** Without 0, O, 1, I and L: codes are read aloud and typed from paper. */
const unambiguous = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

export const KeyId = z
  .string()
  .regex(/^spk-[a-z0-9]{15}$/)
  .brand<"KeyId">();
export const NewtId = z
  .string()
  .regex(/^[a-z0-9]{15}$/)
  .brand<"NewtId">();
export const DeviceId = z
  .string()
  .regex(/^dev_[a-z0-9]{1,64}$/)
  .brand<"DeviceId">();
export type KeyId = z.infer<typeof KeyId>;
export type NewtId = z.infer<typeof NewtId>;
export type DeviceId = z.infer<typeof DeviceId>;

/** A provisioning key as its two parts; the whole is `<id>.<secret>` (PROTOCOLS A21). */
export interface ProvisioningKey {
  readonly id: KeyId;
  readonly secret: string;
}

/** A new key: 15 characters of identity, 200 bits of secret. */
export function newProvisioningKey(random: Random): ProvisioningKey {
  return { id: KeyId.parse(`spk-${text(random, lowerAlphanumeric, 15)}`), secret: text(random, lowerBase32, 40) };
}

export function formatKey({ id, secret }: ProvisioningKey): string {
  return `${id}.${secret}`;
}

/** The two parts of `<id>.<secret>`, split at the first dot; undefined without one. Neither part is judged here. */
export function splitKey(key: string): { readonly id: string; readonly secret: string } | undefined {
  const dot = key.indexOf(".");
  return dot < 0 ? undefined : { id: key.slice(0, dot), secret: key.slice(dot + 1) };
}

/** A site's credentials (PROTOCOLS A5). */
export interface SiteCredentials {
  readonly newtId: NewtId;
  readonly secret: string;
}

export function newSiteCredentials(random: Random): SiteCredentials {
  return { newtId: NewtId.parse(text(random, lowerAlphanumeric, 15)), secret: text(random, lowerBase32, 40) };
}

/** An EdgeFlow device's credentials: `dev_…` and `efk_…`. */
export interface DeviceCredentials {
  readonly deviceId: DeviceId;
  readonly apiKey: string;
}

export function newDeviceCredentials(random: Random): DeviceCredentials {
  return {
    deviceId: DeviceId.parse(`dev_${text(random, lowerAlphanumeric, 15)}`),
    apiKey: `efk_${text(random, lowerBase32, 40)}`,
  };
}

/** An opaque session token of 200 bits. */
export function newToken(random: Random): string {
  return text(random, lowerBase32, 40);
}

/** A one-time code, `PROV-XXXX-XXXX`. */
export function newCode(random: Random): string {
  return `PROV-${text(random, unambiguous, 4)}-${text(random, unambiguous, 4)}`;
}

/** A code as people type it, in its one written form: upper case, no spaces around it. */
export function normalCode(code: string): string {
  return code.trim().toUpperCase();
}

/** Finds provisioning keys in any text. */
export const keyPattern = /spk-[a-z0-9]{15}\.[a-z2-7]{40}/g;

/** Finds devices' keys in any text. */
export const deviceKeyPattern = /efk_[A-Za-z0-9_-]{8,}/g;

/** Finds one-time codes in any text. */
export const codePattern = /PROV-[A-Z0-9]{4}-[A-Z0-9]{4}/gi;

/** A new key of the integration API, `<id>.<secret>`. */
export function newApiKey(random: Random): string {
  return `${text(random, lowerAlphanumeric, 15)}.${text(random, lowerBase32, 40)}`;
}

export function newWebhookId(random: Random): string {
  return `wh_${text(random, lowerAlphanumeric, 15)}`;
}

/** An id of a message to a webhook: its receiver tells by it what came twice. */
export function newMessageId(random: Random): string {
  return `msg_${text(random, lowerAlphanumeric, 24)}`;
}
