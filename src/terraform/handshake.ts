import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { SecureServerOptions } from "node:http2";
import { issueCertificate } from "../x509/certificate.js";

/** Terraform sets this, so that a plugin can tell that it was not started by hand. */
const cookie = ["TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"] as const;

export const protocolVersion = 6;

type Env = Readonly<Record<string, string | undefined>>;

export function startedByTerraform(env: Env): boolean {
  return env[cookie[0]] === cookie[1];
}

export function speaksProtocol(env: Env): boolean {
  return (env.PLUGIN_PROTOCOL_VERSIONS ?? "").split(",").includes(String(protocolVersion));
}

export interface PluginTls {
  readonly options: SecureServerOptions;
  readonly certificate: Buffer;
}

const day = 86_400_000;

/**
 * Mutual TLS with Terraform: a certificate of this process's own, which the handshake line carries, and the client's,
 * which came by the environment. Undefined if Terraform offered none.
 */
export function pluginTls(env: Env, now: number): PluginTls | undefined {
  const clientCertificate = env.PLUGIN_CLIENT_CERT;
  if (!clientCertificate) return undefined;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { der, pem } = issueCertificate({
    subject: "localhost",
    publicKey,
    issuer: { subject: "localhost", key: privateKey },
    subjectAltNames: [{ dns: "localhost" }],
    isCa: false,
    notBefore: now - day,
    notAfter: now + 365 * day,
    serial: randomBytes(16),
  });
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const options = { cert: pem, key, ca: clientCertificate, requestCert: true, rejectUnauthorized: true };
  return { options, certificate: der };
}

/** The one line on stdout that tells Terraform where and how to connect. The certificate is base64 without padding. */
export function handshakeLine(socket: string, certificate: Buffer | undefined): string {
  const encoded = certificate?.toString("base64").replace(/=+$/, "") ?? "";
  return `1|${protocolVersion}|unix|${socket}|grpc|${encoded}\n`;
}
