import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCertificate } from "../../src/x509/certificate.js";
import { pkcs12 } from "../world/pkcs12.js";
import { listening } from "../world/serving.js";
import { firstboot, scratch } from "./command.js";

function issue(subject: string, purpose: "client" | "server") {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { pem } = issueCertificate({
    subject,
    publicKey,
    issuer: { subject: "lab", key: authority.privateKey },
    subjectAltNames: [{ ip: "127.0.0.1" }],
    isCa: false,
    purpose,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: Buffer.of(2),
  });
  return { pem, key: privateKey };
}

const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { pem: ca } = issueCertificate({
  subject: "lab",
  publicKey: authority.publicKey,
  issuer: { subject: "lab", key: authority.privateKey },
  subjectAltNames: [],
  isCa: true,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  serial: Buffer.of(1),
});
const [serving, box] = [issue("server", "server"), issue("box 7", "client")];

const cwd = scratch();
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(cwd, name);
  writeFileSync(path, content);
  return path;
};
const caFile = file("ca.pem", ca);
const caDer = file("ca.der", new X509Certificate(ca).raw);
const certFile = file("box.pem", box.pem);
const certDer = file("box.der", new X509Certificate(box.pem).raw);
const keyFile = file("box.key", box.key.export({ type: "pkcs8", format: "pem" }));
const keyDer = file("box.key.der", box.key.export({ type: "pkcs8", format: "der" }));
const bundle = file("box.p12", pkcs12([box.pem], box.key, ""));

/** Refuses every key, once a box has shown who it is. */
const server = createServer({
  cert: serving.pem,
  key: serving.key.export({ type: "pkcs8", format: "pem" }),
  ca,
  requestCert: true,
  rejectUnauthorized: true,
});
server.on("request", (_, response) => {
  response.writeHead(401, { "content-type": "application/json" });
  response.end(
    JSON.stringify({ data: null, success: false, error: true, message: "Invalid provisioning key", status: 401 }),
  );
});
let endpoint = "";
beforeAll(async () => {
  endpoint = `https://127.0.0.1:${await listening(server)}`;
});
afterAll(() => server.close());

/** A site that tries once and heeds no refusal: 3 where it was let in or not, and the status tells which. */
async function reach(config: object, flags: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
  const configFile = file("newt.json", JSON.stringify({ endpoint, provisioningKey: "spk-a.b", ...config }));
  const { code, stderr } = await firstboot(["site", "--persona", "newt", "--config-file", configFile, ...flags], {
    cwd,
    env,
  });
  expect(code).toBe(3);
  return stderr;
}

const letIn = /FB3001: gave up: could not exchange the provisioning key; Invalid provisioning key;/;

describe("firstboot site shows who it is", { timeout: 60_000 }, () => {
  it.each<[string, object, string[], Record<string, string>]>([
    [
      "files of the config file, PEM",
      { tlsClientCertFile: certFile, tlsClientKey: keyFile, tlsClientCa: [caFile] },
      [],
      {},
    ],
    ["flags, DER", {}, ["-tls-client-cert-file", certDer, `-tls-client-key=${keyDer}`, "-tls-client-ca", caDer], {}],
    ["variables", {}, [], { TLS_CLIENT_CERT: certFile, TLS_CLIENT_KEY: keyFile, TLS_CLIENT_CAS: `,${caFile}` }],
    ["beside --ca", { tlsClientCertFile: certFile, tlsClientKey: keyFile }, ["--ca", caFile], {}],
    ["a PKCS #12 bundle", { tlsClientCert: bundle }, ["--ca", caFile], {}],
    ["a bundle under the certificate's name", {}, ["--ca", caFile], { TLS_CLIENT_CERT: bundle }],
    [
      "without a look at the server",
      { tlsClientCertFile: certFile, tlsClientKey: keyFile },
      [],
      { SKIP_TLS_VERIFY: "true" },
    ],
  ])("%s", async (_, config, flags, env) => {
    expect(await reach(config, flags, env)).toMatch(letIn);
  });

  it("and is not let in without, nor trusts a server that it does not know", async () => {
    expect(await reach({}, ["--ca", caFile])).not.toMatch(letIn);
    const stranger = await reach({ tlsClientCertFile: certFile, tlsClientKey: keyFile });
    expect(stranger).toMatch(/FB3001.*certificate/);
    const almost = await reach({ tlsClientCertFile: certFile, tlsClientKey: keyFile }, [], { SKIP_TLS_VERIFY: "1" });
    expect(almost).toMatch(/FB3001.*certificate/);
  });

  it("a key of another certificate is one clear line", async () => {
    const other = file("other.key", issue("other", "client").key.export({ type: "pkcs8", format: "pem" }));
    const flags = ["--tls-client-cert-file", certFile, "--tls-client-key", other];
    const configFile = file("newt.json", JSON.stringify({ endpoint, provisioningKey: "spk-a.b" }));
    expect(await firstboot(["site", "--config-file", configFile, ...flags], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1002: .*the key belongs to another certificate[^\n]*\n$/),
    });
  });
});
