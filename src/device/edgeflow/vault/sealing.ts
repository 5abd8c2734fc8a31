import { createCipheriv, createDecipheriv } from "node:crypto";

const nonceBytes = 12;
const tagBytes = 16;

/** base64( 12 bytes of nonce ‖ AES-256-GCM ciphertext ‖ 16 bytes of tag ), no associated data (PROTOCOLS C8). */
export function sealValue(key: Buffer, nonce: Buffer, value: string): string {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Opens what `sealValue` made with the same key; undefined for anything else. */
export function openValue(key: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([opened, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
