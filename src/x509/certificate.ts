import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { addressBytes } from "./address.js";
import * as der from "./der.js";

/** A name a certificate is valid for. */
export type SubjectAltName = { readonly dns: string } | { readonly ip: string };

export interface CertificateRequest {
  /** Common name of the holder. */
  readonly subject: string;
  /** The holder's public key, of any kind. */
  readonly publicKey: KeyObject;
  /** Who signs: a common name and an EC P-256 private key. For a self-signed certificate the holder's own. */
  readonly issuer: { readonly subject: string; readonly key: KeyObject };
  readonly subjectAltNames: readonly SubjectAltName[];
  /** A CA may sign leaves, but no further CA. */
  readonly isCa: boolean;
  /** What a leaf is for: to serve TLS, or to be shown to a server. `server` if absent. */
  readonly purpose?: "server" | "client";
  /** Milliseconds since 1970; whole seconds count. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** 1 to 20 bytes, read as a positive number; unique for the issuer. */
  readonly serial: Uint8Array;
}

export interface Certificate {
  readonly pem: string;
  readonly der: Buffer;
}

const oid = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** Purposes of a leaf (RFC 5280, 4.2.1.12). */
const purposes = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;

/** Key usage bits (RFC 5280, 4.2.1.3): keyCertSign and cRLSign for a CA, digitalSignature for a leaf. */
const usageBits = { ca: der.bitString(Buffer.of(0b0000_0110), 1), leaf: der.bitString(Buffer.of(0b1000_0000), 7) };

/** Issues an X.509 v3 certificate (RFC 5280), signed with ECDSA and SHA-256. */
export function issueCertificate(request: CertificateRequest): Certificate {
  const algorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256));
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(request.serial),
    algorithm,
    name(request.issuer.subject),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    name(request.subject),
    keyInfo(request.publicKey),
    der.explicit(3, der.sequence(...extensions(request))),
  );
  const signature = sign("sha256", body, request.issuer.key);
  const certificate = der.sequence(body, algorithm, der.bitString(signature));
  return { der: certificate, pem: pem(certificate) };
}

function extensions(request: CertificateRequest): Buffer[] {
  const holder = keyIdentifier(request.publicKey);
  const issuer = keyIdentifier(createPublicKey(request.issuer.key));
  const constraints = request.isCa ? der.sequence(der.yes(), der.integer(Buffer.of(0))) : der.sequence();
  const names = request.subjectAltNames.map(generalName);
  const purpose = der.objectIdentifier(purposes[request.purpose ?? "server"]);
  return [
    extension(oid.basicConstraints, constraints, true),
    extension(oid.keyUsage, request.isCa ? usageBits.ca : usageBits.leaf, true),
    extension(oid.subjectKeyIdentifier, der.octetString(holder)),
    extension(oid.authorityKeyIdentifier, der.sequence(der.implicit(0, issuer))),
    ...(request.isCa ? [] : [extension(oid.extendedKeyUsage, der.sequence(purpose))]),
    ...(names.length === 0 ? [] : [extension(oid.subjectAltName, der.sequence(...names))]),
  ];
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.objectIdentifier(id), ...(critical ? [der.yes()] : []), der.octetString(value));
}

function name(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectIdentifier(oid.commonName), der.utf8String(commonName))));
}

function generalName(altName: SubjectAltName): Buffer {
  return "dns" in altName
    ? der.implicit(2, Buffer.from(altName.dns, "latin1"))
    : der.implicit(7, addressBytes(altName.ip));
}

function keyInfo(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** Any value that is unique for the key will do (RFC 5280, 4.2.1.2): here 160 bits of a hash of the whole key. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha256").update(keyInfo(key)).digest().subarray(0, 20);
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
