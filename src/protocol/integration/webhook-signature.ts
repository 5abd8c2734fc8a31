import { createHmac, timingSafeEqual } from "node:crypto";
import { FirstbootError } from "../../error.js";
import { WebhookEvent } from "./webhooks.js";

/** How old or new a signed message may be unless told otherwise, milliseconds. */
const usualToleranceMs = 5 * 60_000;

const secretForm = /^whsec_((?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

/** Headers of a request: those of Fetch, or an object of any server's, whatever the case of its names. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

interface Message {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** A secret's text, of random bytes. */
export function formatWebhookSecret(bytes: Buffer): string {
  return `whsec_${bytes.toString("base64")}`;
}

/** The bytes of a secret. Throws FB1001, without the secret. */
function secretBytes(secret: string): Buffer {
  const [, base64] = secretForm.exec(secret) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  throw new FirstbootError("FB1001", {
    what: "that is not the secret of a webhook",
    fix: "give the whole of it as it was shown when the webhook was created, from whsec_ on",
  });
}

/** HMAC-SHA-256 over id, time and body, as Standard Webhooks has it. */
function hmacOf(key: Buffer, { id, timestamp, body }: Message): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
}

/** The headers of a signed message. */
export function signWebhook(secret: string, message: Message): Readonly<Record<string, string>> {
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestamp),
    "webhook-signature": `v1,${hmacOf(secretBytes(secret), message).toString("base64")}`,
  };
}

export interface WebhookRequest {
  readonly headers: WebhookHeaders;
  /** As it came, before anything parsed it: a signature is over its bytes. */
  readonly body: string | Uint8Array;
  /** `whsec_…` */
  readonly secret: string;
  /** Wall time, milliseconds. */
  readonly now: number;
  /** How far the sender's clock may be from this one, and how late a message may come, milliseconds; 5 minutes if absent. */
  readonly toleranceMs?: number;
}

/**
 * The event of a webhook's request, or undefined for a request that its server did not send, that was changed on its way,
 * or that is too old. Compares in constant time. Throws FB1001 for a secret that is none.
 *
 * A message may come twice, with the same `webhook-id`: who must not act twice remembers the ids.
 *
 * @example
 * const event = verifyWebhook({ headers: request.headers, body, secret, now: Date.now() });
 * if (!event) return response.writeHead(401).end();
 * if (event.type === "alert.opened") page(event.data?.message);
 */
export function verifyWebhook(request: WebhookRequest): WebhookEvent | undefined {
  const { headers, secret, now, toleranceMs = usualToleranceMs } = request;
  const key = secretBytes(secret);
  const [id, time, signatures] = ["id", "timestamp", "signature"].map((name) => headerOf(headers, `webhook-${name}`));
  if (!id || !time || !signatures || !/^\d{1,12}$/.test(time)) return undefined;
  const timestamp = Number(time);
  if (Math.abs(now - timestamp * 1_000) > toleranceMs) return undefined;
  const body = typeof request.body === "string" ? request.body : Buffer.from(request.body).toString("utf8");
  const expected = hmacOf(key, { id, timestamp, body });
  if (!signatures.split(" ").some((signature) => isSignature(signature, expected))) return undefined;
  return WebhookEvent.safeParse(parseJson(body)).data;
}

function isSignature(text: string, expected: Buffer): boolean {
  if (!text.startsWith("v1,")) return false;
  const given = Buffer.from(text.slice(3), "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([given]) => given.toLowerCase() === name) ?? [];
  return typeof value === "string" ? value : value?.[0];
}

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
