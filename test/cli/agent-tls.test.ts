import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { networkOf } from "../../src/cli/agent/tls.js";
import { issueCertificate } from "../../src/x509/certificate.js";

const directory = mkdtempSync(join(tmpdir(), "firstboot-agent-tls-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { pem } = issueCertificate({
  subject: "box 7",
  publicKey: keys.publicKey,
  issuer: { subject: "box 7", key: keys.privateKey },
  subjectAltNames: [],
  isCa: true,
  notBefore: Date.UTC(2026, 0, 1),
  notAfter: Date.UTC(2036, 0, 1),
  serial: Buffer.of(1),
});
const keyPem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const certificate = file("cert.pem", pem);
const certificateDer = file("cert.der", new X509Certificate(pem).raw);
const key = file("key.pem", keyPem);
const keyDer = file("key.der", keys.privateKey.export({ type: "pkcs8", format: "der" }));
const keySec1 = file("key.sec1", keys.privateKey.export({ type: "sec1", format: "der" }));
const bundle = file("bundle.p12", "a bundle");
const noise = file("noise", Buffer.of(0, 1, 2, 3));

describe("whom an agent trusts", () => {
  test("the system's authorities if nothing is said", () => {
    expect(networkOf({})).toEqual({ ca: undefined, identity: undefined, verify: undefined });
    expect(networkOf({ moreAuthorities: [""], certificate: "", key: "", bundle: "" }).ca).toBeUndefined();
  });

  test("--ca stands instead of them, others add to what is trusted", () => {
    expect(networkOf({ ca: certificate }).ca).toBe(pem);
    expect(networkOf({ ca: certificateDer }).ca?.trim()).toBe(pem.trim());
    const both = networkOf({ ca: certificate, moreAuthorities: [certificateDer, certificate] }).ca ?? "";
    expect(both.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    const added = networkOf({ moreAuthorities: [certificate] }).ca ?? "";
    expect(added.match(/BEGIN CERTIFICATE/g)).toHaveLength(rootCertificates.length + 1);
    expect(added).toContain(pem.trim());
  });

  test("no certificate is looked at if verification is off", () => {
    expect(networkOf({ verify: false }).verify).toBe(false);
    expect(networkOf({ verify: true }).verify).toBeUndefined();
  });
});

describe("as whom an agent shows itself", () => {
  test.each([
    [certificate, key],
    [certificateDer, keyDer],
    [certificateDer, keySec1],
  ])("certificate and key, PEM or DER", (cert, secret) => {
    const { identity } = networkOf({ certificate: cert, key: secret });
    expect(identity).toMatchObject({ certificate: expect.stringContaining("BEGIN CERTIFICATE") });
    const shown = identity && "key" in identity ? identity : undefined;
    expect(shown?.key).toBe(keyPem);
  });

  test("a bundle, also under the certificate's name if that stands alone", () => {
    expect(networkOf({ bundle }).identity).toEqual({ bundle: Buffer.from("a bundle") });
    expect(networkOf({ certificate: bundle }).identity).toEqual({ bundle: Buffer.from("a bundle") });
  });

  test.each([
    ["a bundle beside a certificate", { bundle, certificate }, "FB1005", "tlsClientCert is given beside"],
    [
      "a bundle beside an authority",
      { bundle, moreAuthorities: [certificate] },
      "FB1005",
      "tlsClientCert is given beside",
    ],
    ["a key alone", { key }, "FB1005", "belong together"],
    [
      "a certificate with an authority, without its key",
      { certificate, moreAuthorities: [certificate] },
      "FB1005",
      "belong together",
    ],
    ["no certificate", { certificate: noise, key }, "FB1002", "noise holds no certificate"],
    ["no key", { certificate, key: noise }, "FB1002", "noise holds no private key"],
    ["no authority", { ca: noise }, "FB1002", "noise holds no certificate"],
    ["no file", { ca: join(directory, "missing") }, "FB1002", "it does not exist"],
    ["a directory", { certificate: directory, key }, "FB1002", "it is a directory"],
  ])("%s is one clear error", (_, files, code, said) => {
    expect(() => networkOf(files)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
    expect(() => networkOf(files)).toThrow(said);
  });
});
