import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { type RealWorldOptions, realWorld } from "../../src/world/real/index.js";
import type { World } from "../../src/world/world.js";
import { type CertificateRequest, issueCertificate } from "../../src/x509/certificate.js";
import { failure, next, patience } from "./contract/stage.js";
import { pkcs12 } from "./pkcs12.js";
import { listening, tlsOf } from "./serving.js";

interface Authority {
  readonly name: string;
  readonly key: KeyObject;
  readonly pem: string;
}

function issue(issuer: Pick<Authority, "name" | "key">, parts: Partial<CertificateRequest>) {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { pem } = issueCertificate({
    subject: "box 7",
    publicKey: keys.publicKey,
    issuer: { subject: issuer.name, key: issuer.key },
    subjectAltNames: [],
    isCa: false,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: Buffer.of(1),
    ...parts,
  });
  return { certificate: pem, key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), keys };
}

function authority(name: string): Authority {
  const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { name, key, pem: issue({ name, key }, { subject: name, publicKey, isCa: true }).certificate };
}

const [servers, boxes, others] = [authority("servers"), authority("boxes"), authority("others")];
const serving = issue(servers, { subject: "server", subjectAltNames: [{ ip: "127.0.0.1" }] });
const { certificate, key, keys } = issue(boxes, { purpose: "client" });
const passphrase = "päss-phrase";
const bundle = pkcs12([certificate], keys.privateKey, passphrase);

/** Answers requests and channels with the name on the certificate that came with them. */
let server: Server;
let port = 0;
const worlds: World[] = [];

beforeAll(async () => {
  const { certificate: cert, key } = serving;
  server = createServer({ cert, key, ca: boxes.pem, requestCert: true, rejectUnauthorized: false });
  server.on("request", (request, response) => response.end(nameOf(request.socket)));
  new WebSocketServer({ server }).on("connection", (socket, request) => socket.send(nameOf(request.socket)));
  port = await listening(server);
});
afterAll(() => {
  for (const { process } of worlds) process.kill();
  server.close();
});

function nameOf(socket: Socket): string {
  const tls = tlsOf(socket);
  return tls.authorized ? String(tls.getPeerCertificate().subject.CN) : "nobody";
}

function box(options: RealWorldOptions) {
  const world = realWorld({ ca: servers.pem, ...options });
  worlds.push(world);
  return world.network;
}

const ask = (network: World["network"], parts = {}) =>
  network.request({ method: "GET", url: `https://127.0.0.1:${port}/`, ...parts, ...patience });

describe("a server that asks who is there", () => {
  it.each([
    ["PEM texts", { certificate, key }],
    ["a bundle", { bundle, passphrase }],
    ["a bundle with its authority", { bundle: pkcs12([certificate, boxes.pem], keys.privateKey, ""), passphrase: "" }],
  ])("is shown the identity of %s, by requests and channels", async (_, identity) => {
    const network = box({ identity });
    expect((await ask(network)).body).toBe("box 7");
    expect((await ask(network, { once: true })).body).toBe("box 7");
    const channel = await network.connect(`wss://127.0.0.1:${port}/`, patience);
    expect(await next(channel)).toBe("box 7");
  });

  it("is shown nothing by a network that has no identity", async () => {
    expect((await ask(box({}))).body).toBe("nobody");
  });

  it("is not shown the identity by a request with trust of its own", async () => {
    const network = box({ identity: { certificate, key } });
    expect((await ask(network, { tls: {} })).body).toBe("nobody");
    expect((await ask(network, { tls: { verify: false } })).body).toBe("nobody");
  });
});

describe("a network that looks at no certificate", () => {
  it("asks and connects anywhere", async () => {
    const network = box({ ca: others.pem, verify: false });
    expect((await ask(network)).body).toBe("nobody");
    expect((await ask(network, { tls: {} })).body).toBe("nobody");
    expect(await next(await network.connect(`wss://127.0.0.1:${port}/`, patience))).toBe("nobody");
  });
});

describe("several authorities in one text", () => {
  it("are all trusted, whatever stands between them", async () => {
    const ca = `others:\n${others.pem}\n# and ours\n${servers.pem}`;
    expect((await ask(box({ ca }))).status).toBe(200);
    expect(await failure(ask(box({ ca: others.pem })))).toMatchObject({ kind: "tls" });
  });
});

describe("an identity that cannot be used is said in one line", () => {
  const stranger = issue(boxes, { purpose: "client" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
  const pemOf = (secret: KeyObject, parts = {}) => secret.export({ type: "pkcs8", format: "pem", ...parts }).toString();

  it.each<[string, RealWorldOptions, RegExp]>([
    ["another's key", { identity: { certificate, key: stranger.key } }, /key belongs to another certificate/],
    ["another kind of key", { identity: { certificate, key: pemOf(rsa) } }, /key belongs to another certificate/],
    ["no key", { identity: { certificate, key: "" } }, /private key cannot be read/],
    [
      "an encrypted key",
      { identity: { certificate, key: pemOf(keys.privateKey, { cipher: "aes-256-cbc", passphrase }) } },
      /private key cannot be read, or is encrypted/,
    ],
    ["a torn certificate", { identity: { certificate: certificate.slice(0, 200), key } }, /certificate cannot be read/],
    ["no certificate", { identity: { certificate: "", key } }, /certificate cannot be read/],
    ["another passphrase", { identity: { bundle, passphrase: "wrong" } }, /passphrase/],
    ["no passphrase", { identity: { bundle } }, /passphrase/],
    ["a torn bundle", { identity: { bundle: bundle.subarray(0, 400), passphrase } }, /not a PKCS #12 bundle/],
    ["no bundle", { identity: { bundle: Buffer.from("junk"), passphrase } }, /not a PKCS #12 bundle/],
    ["no authority", { ca: "junk" }, /no certificate/],
    ["a torn authority", { ca: servers.pem.replace(/\n.{20}/, "\n") }, /cannot be read/],
  ])("%s", (_, options, why) => {
    const made = () => realWorld(options);
    expect(made).toThrow(expect.objectContaining({ code: "FB1002", why: expect.stringMatching(why) }));
    expect(made).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/p.ss-phrase|wrong|BEGIN|\n/) }));
  });
});
