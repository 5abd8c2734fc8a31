import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type PeerCertificate } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { type Certificate, type CertificateRequest, issueCertificate } from "../../src/x509/certificate.js";

const day = 86_400_000;
const now = Date.now();
const keys = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const caKeys = keys();
const leafKeys = keys();

function issue(overrides: Partial<CertificateRequest>): Certificate {
  return issueCertificate({
    subject: "localhost",
    publicKey: leafKeys.publicKey,
    issuer: { subject: "Test CA", key: caKeys.privateKey },
    subjectAltNames: [{ dns: "localhost" }, { ip: "127.0.0.1" }, { ip: "::1" }],
    isCa: false,
    notBefore: now - day,
    notAfter: now + day,
    serial: Buffer.from("ff00aa", "hex"),
    ...overrides,
  });
}

const ca = issue({ subject: "Test CA", publicKey: caKeys.publicKey, isCa: true, subjectAltNames: [] });
const leaf = issue({});

const folder = mkdtempSync(join(tmpdir(), "x509-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Serves one connection with a certificate and reports how a client that trusts `ca` sees it. */
async function handshake(
  certificate: Certificate,
  key: KeyObject,
  host: string,
  trusted: Certificate,
): Promise<PeerCertificate> {
  const server = createServer({ cert: certificate.pem, key: key.export({ type: "pkcs8", format: "pem" }) });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  try {
    return await new Promise((resolve, reject) => {
      const socket = connect({ host, port: address.port, ca: trusted.pem }, () => {
        resolve(socket.getPeerCertificate());
        socket.end();
      });
      socket.on("error", reject);
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("issued certificates", () => {
  it("say what was asked for", () => {
    const read = new X509Certificate(leaf.pem);
    expect(read.raw.equals(leaf.der)).toBe(true);
    expect(read.subject).toBe("CN=localhost");
    expect(read.issuer).toBe("CN=Test CA");
    expect(read.serialNumber).toBe("FF00AA");
    expect(read.ca).toBe(false);
    expect(read.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(Date.parse(read.validFrom)).toBe(Math.floor((now - day) / 1000) * 1000);
    expect(Date.parse(read.validTo)).toBe(Math.floor((now + day) / 1000) * 1000);
  });

  it("chain from a leaf to its CA and to no other", () => {
    const authority = new X509Certificate(ca.pem);
    const read = new X509Certificate(leaf.pem);
    expect(authority.ca).toBe(true);
    expect(authority.verify(caKeys.publicKey)).toBe(true);
    expect(read.checkIssued(authority)).toBe(true);
    expect(read.verify(caKeys.publicKey)).toBe(true);
    expect(read.verify(leafKeys.publicKey)).toBe(false);
  });

  const hosts = [
    "127.0.0.1",
    ...(Object.values(networkInterfaces())
      .flat()
      .some((own) => own?.address === "::1")
      ? ["::1"]
      : []),
  ];
  it.each(hosts)("hold in a TLS handshake on %s", async (host) => {
    expect((await handshake(leaf, leafKeys.privateKey, host, ca)).subject.CN).toBe("localhost");
  });

  it("hold when self-signed and trusted as such", async () => {
    const own = issue({ issuer: { subject: "localhost", key: leafKeys.privateKey } });
    expect((await handshake(own, leafKeys.privateKey, "127.0.0.1", own)).subject.CN).toBe("localhost");
  });

  it("fail under another CA, after their time and for another address", async () => {
    const otherKeys = keys();
    const other = issue({
      subject: "Test CA",
      publicKey: otherKeys.publicKey,
      issuer: { subject: "Test CA", key: otherKeys.privateKey },
      isCa: true,
    });
    await expect(handshake(leaf, leafKeys.privateKey, "127.0.0.1", other)).rejects.toThrow();
    const old = issue({ notAfter: now - day / 2 });
    await expect(handshake(old, leafKeys.privateKey, "127.0.0.1", ca)).rejects.toThrow(/expired/);
    const elsewhere = issue({ subjectAltNames: [{ ip: "127.0.0.2" }] });
    await expect(handshake(elsewhere, leafKeys.privateKey, "127.0.0.1", ca)).rejects.toThrow(/does not match/);
  });

  it("carry times after 2049", () => {
    const read = new X509Certificate(issue({ notAfter: Date.UTC(2060, 0, 2, 3, 4, 5) }).pem);
    expect(Date.parse(read.validTo)).toBe(Date.UTC(2060, 0, 2, 3, 4, 5));
  });

  it.each(["", "1.2.3", "1.2.3.256", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "g::"])(
    "refuse the address %o",
    (ip) => {
      expect(() => issue({ subjectAltNames: [{ ip }] })).toThrow(TypeError);
    },
  );

  it.skipIf(spawnSync("openssl", ["version"]).status !== 0)("satisfy openssl's strict verification", () => {
    writeFileSync(join(folder, "ca.pem"), ca.pem);
    writeFileSync(join(folder, "leaf.pem"), leaf.pem);
    const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost"];
    const out = execFileSync("openssl", [...args, "-CAfile", "ca.pem", "leaf.pem"], { cwd: folder, encoding: "utf8" });
    expect(out).toContain("leaf.pem: OK");
  });
});
