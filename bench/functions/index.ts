import { readFileSync } from "node:fs";
import { Bench } from "tinybench";
import { parse } from "yaml";
import { decodeMessage, encodeAsNewt } from "../../src/protocol/newt/index.js";
import {
  blueprintJson,
  checkBlueprint,
  checkBlueprintYaml,
  diffBlueprint,
  documentOfLabels,
  labelsOf,
  readBlueprint,
  writeBlueprint,
} from "../../src/provisioning/blueprint/index.js";
import { formatKey, newProvisioningKey, newSiteCredentials } from "../../src/provisioning/credentials.js";
import { openWithNonce, sealForNonce } from "../../src/provisioning/nonce.js";
import { peppered, sameHash } from "../../src/provisioning/secret.js";
import { fillTemplate } from "../../src/provisioning/template.js";
import { seededRandom } from "../../src/world/random.js";
import { systemRandom } from "../../src/world/real/random.js";
import type { FunctionResult } from "../results.js";

/** The pure functions on the hot paths: of an exchange, of a heartbeat, of a blueprint. */
export async function benchFunctions(): Promise<FunctionResult[]> {
  const random = seededRandom("bench");
  const pepper = random.bytes(32);
  const nonce = random.bytes(32).toString("hex");
  const key = formatKey(newProvisioningKey(random));
  const stored = peppered(pepper, key);
  const answer = JSON.stringify(newSiteCredentials(random));
  const sealed = sealForNonce(nonce, random.bytes(12), answer);
  const yaml = readFileSync(new URL("../../examples/blueprints/bootstrap.yaml", import.meta.url), "utf8");
  const env = { SERIAL_NUMBER: "SN4711" };
  const { document } = readBlueprint(yaml, env);
  const large = largeDocument(200);
  const largeYaml = writeBlueprint(large);
  const labels = labelsOf(large);
  const check = checkBlueprint(large);
  if (!check.ok) throw new Error(`the large blueprint does not fit: ${check.problems[0]?.message}`);
  const { blueprint } = check;
  const live = structuredClone(blueprint);
  const ping = encodeAsNewt({ type: "newt/ping", data: {}, configVersion: 7 });
  const apply = { type: "newt/blueprint/apply", data: { blueprint: blueprintJson(yaml, env) } };

  const bench = new Bench({ time: 1_000 });
  bench
    .add("mint a provisioning key (system entropy)", () => void newProvisioningKey(systemRandom))
    .add("mint a provisioning key (seeded)", () => void newProvisioningKey(random))
    .add("verify a secret: HMAC and constant-time comparison", () => void sameHash(peppered(pepper, key), stored))
    .add("seal an answer for a nonce", () => void sealForNonce(nonce, pepper.subarray(0, 12), answer))
    .add("open an answer with a nonce", () => void openWithNonce(nonce, sealed))
    .add("fill a template", () => void fillTemplate("{{env.SERIAL_NUMBER}}-edge", env))
    .add("read a blueprint: YAML and templates", () => void readBlueprint(yaml, env))
    .add("read the same YAML alone", () => void parse(yaml))
    .add("check a blueprint", () => void checkBlueprint(document))
    .add("read and check a blueprint of 200 resources", () => void checkBlueprintYaml(largeYaml, env))
    .add("check a blueprint of 200 resources", () => void checkBlueprint(large))
    .add("compare 200 resources with a server", () => void diffBlueprint(blueprint, live))
    .add("write 200 resources as YAML", () => void writeBlueprint(large))
    .add("write 200 resources as labels", () => void labelsOf(large))
    .add("read the labels of 200 resources", () => void documentOfLabels(labels))
    .add("decode newt/ping", () => void decodeMessage(ping))
    .add("encode newt/blueprint/apply", () => void encodeAsNewt(apply));
  await bench.run();

  return bench.tasks.map(({ name, result }) => {
    if (!("latency" in result)) throw new Error(`${name} was not measured`);
    const { latency, throughput } = result;
    return {
      name,
      perSecond: throughput.mean,
      medianMicroseconds: latency.p50 * 1_000,
      p99Microseconds: latency.p99 * 1_000,
    };
  });
}

/** Half of its resources are for the world, half for signed-in clients. */
function largeDocument(resources: number): object {
  const numbers = Array.from({ length: resources / 2 }, (_, number) => number);
  return {
    "public-resources": Object.fromEntries(numbers.map((number) => [`web-${number}`, publicResource(number)])),
    "private-resources": Object.fromEntries(numbers.map((number) => [`ssh-${number}`, privateResource(number)])),
  };
}

function publicResource(number: number): object {
  const healthcheck = { hostname: "10.0.0.1", port: 8080, path: "/health", method: "GET" };
  return {
    ...{ name: `Web ${number}`, mode: "http", "full-domain": `web-${number}.example.com` },
    auth: { "sso-enabled": true, "sso-roles": ["Member", "Operator"] },
    targets: [{ hostname: "10.0.0.1", port: 8080, method: "http", healthcheck }],
    rules: [{ action: "deny", match: "cidr", value: "192.0.2.0/24" }],
  };
}

function privateResource(number: number): object {
  const ports = { "tcp-ports": "22,8000-9000", "udp-ports": "" };
  return { name: `SSH ${number}`, mode: "host", destination: "10.0.0.2", roles: ["Member"], ...ports };
}
