import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { FirstbootError, reasonOf } from "../../error.js";

/** What this end shows to servers that ask who it is: PEM texts, or a PKCS #12 bundle. */
export type TlsIdentity =
  | { readonly certificate: string; readonly key: string }
  | { readonly bundle: Buffer; readonly passphrase?: string };

/** Who is trusted, and who this end is. */
export interface TrustOptions {
  /** PEM text of the certificate authorities to trust instead of the system's: one certificate or several. */
  readonly ca?: string | undefined;
  readonly identity?: TlsIdentity | undefined;
  /** False: the certificates of servers are not looked at. */
  readonly verify?: false | undefined;
}

/** Trust as sockets take it. */
export interface TlsTrust {
  readonly secureContext?: SecureContext;
  readonly rejectUnauthorized?: false;
}

const certificate = /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END \1CERTIFICATE-----/g;
/** One for each authority, which would otherwise be read anew for every connection. */
const contexts = new Map<string, SecureContext>();

/** Trust in servers that this end shows its identity to. Throws FB1002 for what cannot be used. */
export function trustWithIdentity({ ca, identity, verify }: TrustOptions): TlsTrust {
  if (!identity) return trustIn({ ca, verify });
  const trusted = { ...(ca !== undefined && { ca: authorities(ca) }) };
  return { secureContext: contextOf({ ...trusted, ...shown(identity) }), ...unverified(verify) };
}

/** Trust in servers that are shown no identity. Throws FB1002 for an authority that is none. */
export function trustIn({ ca, verify }: Pick<TrustOptions, "ca" | "verify">): TlsTrust {
  return { ...(ca !== undefined && { secureContext: contextFor(ca) }), ...unverified(verify) };
}

function unverified(verify: false | undefined): Pick<TlsTrust, "rejectUnauthorized"> {
  return verify === false ? { rejectUnauthorized: false } : {};
}

function contextFor(ca: string): SecureContext {
  const context = contexts.get(ca) ?? createSecureContext({ ca: authorities(ca) });
  contexts.set(ca, context);
  return context;
}

function contextOf(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    throw unusable("the client certificate's bundle", bundleFault(error));
  }
}

/** The certificates of a text. OpenSSL would stop at the first that it cannot read, and say nothing. */
function authorities(ca: string): string[] {
  const found = ca.match(certificate) ?? [];
  if (found.length === 0) throw unusable("the certificate authority", "it holds no certificate as PEM");
  if (found.every((one) => attempt(() => new X509Certificate(one)))) return found;
  throw unusable("the certificate authority", "it holds a certificate that cannot be read");
}

/** What a socket is given of an identity. Throws FB1002 for one that does not hold together. */
function shown(identity: TlsIdentity): SecureContextOptions {
  if ("key" in identity) {
    const { certificate, key } = identity;
    const why = pairFault(certificate, key);
    if (why) throw unusable("the client certificate and its key", why);
    return { cert: certificate, key };
  }
  const { bundle, passphrase } = identity;
  return { pfx: bundle, ...(passphrase !== undefined && { passphrase }) };
}

/** What is wrong with a certificate and its key. What OpenSSL says of some of it is nothing. */
function pairFault(certificate: string, key: string): string | undefined {
  const holder = attempt(() => new X509Certificate(certificate));
  if (!holder) return "the certificate cannot be read";
  const own = attempt(() => createPrivateKey(key));
  if (!own) return "the private key cannot be read, or is encrypted";
  return holder.checkPrivateKey(own) ? undefined : "the key belongs to another certificate";
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function bundleFault(error: unknown): string {
  const words = reasonOf(error);
  if (/mac verify/i.test(words)) return "its passphrase is another one, or it is damaged";
  if (/unsupported/i.test(words)) return "it is encrypted in a way that is no longer supported, such as RC2";
  if (/private key/i.test(words)) return "it holds no private key";
  return "it is not a PKCS #12 bundle, or damaged";
}

function unusable(what: string, why: string): FirstbootError {
  return new FirstbootError("FB1002", {
    what: `${what} cannot be used`,
    why,
    fix: "give certificates and a key without a passphrase as PEM, or a certificate with its key as a PKCS #12 bundle",
  });
}
