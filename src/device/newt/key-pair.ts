import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Random } from "../../world/random.js";

/** A WireGuard key pair: 32 bytes each, in base64. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const keyBytes = 32;
/** What stands before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410). */
const pkcs8Head = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Makes a key pair, which lives in memory alone: each start of a site has a new one (PROTOCOLS A4). */
export function makeKeyPair(random: Random): KeyPair {
  const secret = random.bytes(keyBytes);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, secret]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return { privateKey: secret.toString("base64"), publicKey: spki.subarray(-keyBytes).toString("base64") };
}
