import { derivedKey, seal, unseal } from "./seal.js";

/** The request header that carries a device's nonce: 32 random bytes as hex. Servers that do not know it ignore it. */
export const nonceHeader = "firstboot-nonce";

const wellFormed = /^[0-9a-f]{64}$/;

/** A nonce as a header value, or undefined if it is not one. */
export function parseNonce(value: string | undefined): string | undefined {
  return value !== undefined && wellFormed.test(value) ? value : undefined;
}

function keyOf(nonce: string): Buffer {
  return derivedKey(Buffer.from(nonce, "hex"), "firstboot replay");
}

/**
 * Seals an answer so that only the holder of the nonce can have it again: under a key derived from the nonce, which the
 * server does not keep. `iv` is 12 random bytes.
 */
export function sealForNonce(nonce: string, iv: Buffer, text: string): string {
  return seal(keyOf(nonce), iv, text);
}

/** Opens what `sealForNonce` made with the same nonce; throws otherwise. */
export function openWithNonce(nonce: string, sealed: string): string {
  return unseal(keyOf(nonce), sealed);
}
