import { createHash, createHmac, type KeyObject, X509Certificate } from "node:crypto";
import * as der from "../../src/x509/der.js";

const oid = {
  data: "1.2.840.113549.1.7.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certBag: "1.2.840.113549.1.12.10.1.3",
  x509Certificate: "1.2.840.113549.1.9.22.1",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const;
/** SHA-256's block and output, bytes. */
const block = 64;
const output = 32;
const rounds = 2_048;
const salt = Buffer.from("0011223344556677", "hex");

/** A certificate and its key in one file, under a passphrase (RFC 7292); certificates stand in the clear. */
export function pkcs12(certificates: readonly string[], key: KeyObject, passphrase: string): Buffer {
  const shrouded = key.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase });
  const bags = [bag(oid.shroudedKeyBag, shrouded), ...certificates.map(certificateBag)];
  const authenticated = der.sequence(data(der.sequence(...bags)));
  const mac = createHmac("sha256", macKey(passphrase)).update(authenticated).digest();
  const algorithm = der.sequence(der.objectIdentifier(oid.sha256));
  const count = Buffer.of(rounds >> 8, rounds & 0xff);
  return der.sequence(
    der.integer(Buffer.of(3)),
    data(authenticated),
    der.sequence(der.sequence(algorithm, der.octetString(mac)), der.octetString(salt), der.integer(count)),
  );
}

function certificateBag(pem: string): Buffer {
  const { raw } = new X509Certificate(pem);
  const value = der.sequence(der.objectIdentifier(oid.x509Certificate), der.explicit(0, der.octetString(raw)));
  return bag(oid.certBag, value);
}

function bag(type: string, value: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(type), der.explicit(0, value));
}

function data(content: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(oid.data), der.explicit(0, der.octetString(content)));
}

/** RFC 7292, appendix B.2, for the key of a MAC that is as long as the hash. */
function macKey(passphrase: string): Buffer {
  const text = Buffer.from(`${passphrase}\0`, "utf16le").swap16();
  let hash = Buffer.concat([Buffer.alloc(block, 3), filled(salt), filled(text)]);
  for (let round = 0; round < rounds; round++) hash = createHash("sha256").update(hash).digest();
  return hash.subarray(0, output);
}

/** Bytes repeated until they fill whole blocks. */
function filled(bytes: Buffer): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}
