import { createHmac, hash, timingSafeEqual } from "node:crypto";

/**
 * The stored form of a secret with 128 bits of entropy or more: HMAC-SHA-256 under the server's pepper. Such secrets
 * need no slow hash: guessing them is hopeless already.
 */
export function peppered(pepper: Buffer, secret: string): string {
  return createHmac("sha256", pepper).update(secret).digest("hex");
}

/** SHA-256, hex: how EdgeFlow documents the stored form of its API keys. */
export function sha256(secret: string): string {
  return hash("sha256", secret);
}

/** Compares two stored forms in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
