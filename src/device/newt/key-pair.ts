import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Random } from "../../world/random.js";

/** A WireGuard key pair: 32 bytes each, in base64. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a key pair, which lives in memory alone: each start of a site has a new one (PROTOCOLS A4). */
export function makeKeyPair(random: Random): KeyPair {
  const secret = random.bytes(32);
  // Its public half follows from `d`; `x` is not looked at. As a JWK it is read in a tenth of the time that PKCS #8 takes.
  const jwk = { kty: "OKP", crv: "X25519", d: secret.toString("base64url"), x: "" };
  const { x = "" } = createPublicKey(createPrivateKey({ key: jwk, format: "jwk" })).export({ format: "jwk" });
  return { privateKey: secret.toString("base64"), publicKey: Buffer.from(x, "base64url").toString("base64") };
}
