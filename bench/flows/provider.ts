import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { providerBundle } from "../../src/cli/package.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { type FlowResult, repeat } from "../results.js";

const cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** What Terraform hands to a plugin, so that both ends can prove who they are. */
function clientCertificate(): string {
  const { publicKey, privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return issueCertificate({
    subject: "client",
    publicKey,
    issuer: { subject: "client", key },
    subjectAltNames: [{ dns: "localhost" }],
    isCa: false,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3_600_000,
    serial: randomBytes(16),
  }).pem;
}

const certificate = clientCertificate();

/** From the launch of a program to its first line. */
async function firstLine(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      TF_PLUGIN_MAGIC_COOKIE: cookie,
      PLUGIN_PROTOCOL_VERSIONS: "6",
      PLUGIN_CLIENT_CERT: certificate,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(child.stdout, "data");
  const elapsed = performance.now() - started;
  child.kill("SIGKILL");
  await once(child, "close");
  return elapsed;
}

/** Launch to handshake of the bundled provider, and bare node beside it, in turn. */
export async function benchProvider(): Promise<FlowResult[]> {
  const node: number[] = [];
  const provider = await repeat(15, async () => {
    node.push(await firstLine(["-e", 'process.stdout.write("x\\n")']));
    return firstLine([providerBundle]);
  });
  return [
    {
      name: "launch of bare node to its first line",
      unit: "ms",
      runs: node,
      method: "`node -e` that prints one line: the floor for the next figure, measured in turn with it.",
    },
    {
      name: "launch of the provider to its handshake",
      unit: "ms",
      runs: provider,
      method: "The bundled provider script as Terraform launches it, mutual TLS included, to its handshake line.",
    },
  ];
}
