import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";

/** The request header that carries a device's nonce: 32 random bytes as hex. Servers that do not know it ignore it. */
export const nonceHeader = "firstboot-nonce";

const wellFormed = /^[0-9a-f]{64}$/;

/** A nonce as a header value, or undefined if it is not one. */
export function parseNonce(value: string | undefined): string | undefined {
  return value !== undefined && wellFormed.test(value) ? value : undefined;
}

/** HKDF-SHA-256 without salt (RFC 5869) in its two steps; as one call of node:crypto it takes ten times as long. */
function keyOf(nonce: string): Buffer {
  const key = createHmac("sha256", Buffer.alloc(32)).update(nonce, "hex").digest();
  return createHmac("sha256", key).update("firstboot replay\x01").digest();
}

/**
 * Seals an answer so that only the holder of the nonce can have it again: AES-256-GCM under a key derived from the
 * nonce, which the server does not keep. `iv` is 12 random bytes. Base64 of iv, ciphertext and tag.
 */
export function sealForNonce(nonce: string, iv: Buffer, text: string): string {
  const cipher = createCipheriv("aes-256-gcm", keyOf(nonce), iv);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64");
}

/** Opens what `sealForNonce` made with the same nonce; throws otherwise. */
export function openWithNonce(nonce: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(nonce), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString("utf8");
}
