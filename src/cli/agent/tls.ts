import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { FirstbootError } from "../../error.js";
import type { RealNetworkOptions } from "../../world/real/network.js";
import { readBytes } from "../settings.js";

/** Files of trust and identity as settings name them; an empty name is none. */
export interface TlsFiles {
  /** Authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Authorities to trust as well. */
  readonly moreAuthorities?: readonly string[];
  readonly certificate?: string;
  readonly key?: string;
  /** PKCS #12. */
  readonly bundle?: string;
  /** False: the server's certificate is not looked at. */
  readonly verify?: boolean;
}

/** The trust and identity of an agent. Throws FB1002 for a file, FB1005 for files that do not go together. */
export function networkOf(files: TlsFiles): RealNetworkOptions {
  return {
    ca: authoritiesOf(files),
    identity: identityOf(files),
    verify: files.verify === false ? false : undefined,
  };
}

function authoritiesOf({ ca, moreAuthorities = [] }: TlsFiles): string | undefined {
  const more = moreAuthorities.filter((file) => file !== "");
  if (ca === undefined && more.length === 0) return undefined;
  const base = ca === undefined ? rootCertificates : [certificatePem(ca)];
  return [...base, ...more.map(certificatePem)].join("\n");
}

function identityOf(files: TlsFiles): RealNetworkOptions["identity"] {
  const { certificate = "", key = "", bundle = "", moreAuthorities = [] } = files;
  const parts = [certificate, key, ...moreAuthorities].filter((file) => file !== "");
  if (bundle !== "") {
    if (parts.length === 0) return { bundle: readBytes(bundle) };
    throw unfit(
      "tlsClientCert is given beside tlsClientCertFile, tlsClientKey or tlsClientCa",
      "give the one or the others",
    );
  }
  if (certificate === "" && key === "") return undefined;
  // A certificate alone is a bundle, as newt has it (PROTOCOLS A2).
  if (parts.length === 1 && certificate !== "") return { bundle: readBytes(certificate) };
  if (certificate === "" || key === "") {
    throw unfit("tlsClientCertFile and tlsClientKey belong together", "give both or none");
  }
  return { certificate: certificatePem(certificate), key: keyPem(key) };
}

function unfit(what: string, fix: string): FirstbootError {
  return new FirstbootError("FB1005", { what, fix });
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes("-----BEGIN ");
}

/** Certificates of a file, PEM or DER. */
function certificatePem(file: string): string {
  const bytes = readBytes(file);
  if (isPem(bytes)) return bytes.toString("utf8");
  try {
    return new X509Certificate(bytes).toString();
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: `${file} holds no certificate`,
      fix: "name a certificate, PEM or DER",
      cause: error,
    });
  }
}

/** The private key of a file, PEM or DER. */
function keyPem(file: string): string {
  const bytes = readBytes(file);
  if (isPem(bytes)) return bytes.toString("utf8");
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    const key = derKey(bytes, type);
    if (key) return key.export({ format: "pem", type: "pkcs8" }).toString();
  }
  throw new FirstbootError("FB1002", {
    what: `${file} holds no private key`,
    fix: "name a private key without a passphrase, PEM or DER",
  });
}

function derKey(key: Buffer, type: "pkcs8" | "sec1" | "pkcs1"): KeyObject | undefined {
  try {
    return createPrivateKey({ key, format: "der", type });
  } catch {
    return undefined;
  }
}
