import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { writeDurably } from "../world/durable.js";
import type { World } from "../world/world.js";
import { issueCertificate, type SubjectAltName } from "../x509/certificate.js";
import { type DataDirectory, damaged } from "./data-directory.js";

const day = 86_400_000;
const caLife = 3650 * day;
const serverLife = 90 * day;
/** A server certificate with less than this left is replaced at the start. */
const renewBefore = 30 * day;
/** Devices' clocks may be a little behind. */
const backdated = day;

const caName = "firstboot development CA";

/** PEM texts for a server. */
export interface TlsFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * The development CA of a data directory and a certificate by it for `host` and for loopback. The CA is made once, so
 * that devices which trust it go on trusting it; the server's certificate is renewed when needed.
 */
export async function developmentTls(directory: DataDirectory, world: World, host: string): Promise<TlsFiles> {
  const caKey = await keptKey(directory, "ca-key.pem");
  const ca = await keptCa(directory, world, caKey);
  const key = await keptKey(directory, "tls-key.pem");
  const found = await directory.disk.read(directory.file("tls.pem"));
  const usable = found && stillGood(found, key, caKey, host, world.clock.now());
  const certificate = usable ? found.toString("utf8") : issueServer(world, host, key, caKey);
  if (!usable) await writeDurably(directory.disk, directory.file("tls.pem"), certificate, 0o644);
  return { ca, certificate, key: pemOf(key) };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

async function keptKey(directory: DataDirectory, name: string): Promise<KeyObject> {
  const pem = await directory.keep(name, () =>
    pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey).trim(),
  );
  try {
    return createPrivateKey(pem);
  } catch {
    throw damaged(directory.file(name), "it is not a private key");
  }
}

async function keptCa(directory: DataDirectory, { clock, random, disk }: World, key: KeyObject): Promise<string> {
  const found = await disk.read(directory.file("ca.pem"));
  if (found) {
    if (certificateOf(found)?.checkPrivateKey(key)) return found.toString("utf8");
    throw damaged(directory.file("ca.pem"), "it is not the certificate of ca-key.pem");
  }
  const { pem } = issueCertificate({
    subject: caName,
    publicKey: createPublicKey(key),
    issuer: { subject: caName, key },
    subjectAltNames: [],
    isCa: true,
    notBefore: clock.now() - backdated,
    notAfter: clock.now() + caLife,
    serial: random.bytes(16),
  });
  await writeDurably(disk, directory.file("ca.pem"), pem, 0o644);
  return pem;
}

function namesOf(host: string): SubjectAltName[] {
  const own: SubjectAltName = isIP(host) ? { ip: host } : { dns: host };
  return [{ dns: "localhost" }, { ip: "127.0.0.1" }, { ip: "::1" }, own];
}

function issueServer({ clock, random }: World, host: string, key: KeyObject, caKey: KeyObject): string {
  return issueCertificate({
    subject: "firstboot control plane",
    publicKey: createPublicKey(key),
    issuer: { subject: caName, key: caKey },
    subjectAltNames: namesOf(host),
    isCa: false,
    notBefore: clock.now() - backdated,
    notAfter: clock.now() + serverLife,
    serial: random.bytes(16),
  }).pem;
}

/** Undefined for what is no certificate. */
function certificateOf(pem: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function stillGood(pem: Buffer, key: KeyObject, caKey: KeyObject, host: string, now: number): boolean {
  const certificate = certificateOf(pem);
  if (!certificate) return false;
  const covers = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host);
  return (
    covers !== undefined &&
    Date.parse(certificate.validTo) - now > renewBefore &&
    certificate.checkPrivateKey(key) &&
    certificate.verify(createPublicKey(caKey))
  );
}
