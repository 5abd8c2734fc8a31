import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstbootProvider } from "../../src/provider/index.js";
import { type ReattachableProvider, serveInProcess } from "../../src/terraform/index.js";
import { issueCertificate } from "../../src/x509/certificate.js";
import { hasTerraform, Workspace } from "../terraform/workspace.js";
import { IntegrationServer } from "./integration-server.js";

/** A configuration with one key; each line may be replaced. */
function configuration(lines: { readonly provider?: string; readonly key?: string }): string {
  return `
terraform {
  required_providers {
    firstboot = { source = "firstboot/firstboot" }
  }
}
provider "firstboot" {
  ${lines.provider ?? ""}
}
resource "firstboot_provisioning_key" "k" {
  name = "k"
  ${lines.key ?? ""}
}
`;
}

function selfSigned() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { pem } = issueCertificate({
    subject: "localhost",
    publicKey,
    issuer: { subject: "localhost", key: privateKey },
    subjectAltNames: [{ ip: "127.0.0.1" }],
    isCa: false,
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 600_000,
    serial: Buffer.of(1),
  });
  return { cert: pem, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

describe.skipIf(!hasTerraform)("a mistake gives one diagnostic that says what to change:", () => {
  let server: IntegrationServer;
  let provider: ReattachableProvider;
  let workspace: Workspace;

  beforeEach(async () => {
    server = new IntegrationServer();
    provider = await serveInProcess(firstbootProvider("0.0.0"), "firstboot/firstboot");
    workspace = new Workspace({ TF_REATTACH_PROVIDERS: provider.reattach });
    vi.stubEnv("FIRSTBOOT_ENDPOINT", await server.listen());
    vi.stubEnv("FIRSTBOOT_API_KEY", server.apiKey);
    vi.stubEnv("FIRSTBOOT_ORG", "acme");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await provider.close();
    await server.close();
    workspace.remove();
  });

  /** The text of the only error of an apply, on one line. */
  async function onlyError(lines: { readonly provider?: string; readonly key?: string } = {}): Promise<string> {
    workspace.write(configuration(lines));
    const { status, output } = await workspace.run("apply", "-auto-approve", "-no-color");
    expect(status).toBe(1);
    const [, error = "", ...others] = output.split("Error: ");
    expect(others).toEqual([]);
    return error.replace(/\s+/g, " ");
  }

  it.each([
    ["FIRSTBOOT_ENDPOINT", /^No endpoint with provider.*Set "endpoint".*FIRSTBOOT_ENDPOINT/],
    ["FIRSTBOOT_API_KEY", /^No api key with provider.*Set "api_key".*FIRSTBOOT_API_KEY/],
    ["FIRSTBOOT_ORG", /^No organisation with firstboot_provisioning_key.k.*FIRSTBOOT_ORG/],
  ])("%s is missing", async (variable, message) => {
    vi.stubEnv(variable, "");
    expect(await onlyError()).toMatch(message);
  });

  it.each([
    [`endpoint = "plane.example.com"`, /^The endpoint is not an address.*endpoint = "plane/],
    [`ca_pem = "ca.pem"`, /^The certificate authority is not in PEM.*ca_pem = "ca.pem"/],
    [`api_key = "ak.wrong"`, /^The API key is not valid.*says: Invalid API key.*Check "api_key"/],
    [`org = "other"`, /^The API key may not create a provisioning key in this organisation.*does not have access/],
  ])("the provider has %s", async (provider, message) => {
    const error = await onlyError({ provider });
    expect(error).toMatch(message);
    expect(error).not.toContain("ak.wrong");
  });

  it.each([
    [`expires_in = "soon"`, /^Invalid value for "expires_in".*expires_in = "soon".*such as 90s/],
    [`expires_at = "2030-01-01"`, /^Invalid value for "expires_at".*with its zone/],
    [`max_usage = 0`, /^Invalid value for "max_usage".*from 1 to 1000000/],
    [`max_usage = 1.5`, /^Invalid value for "max_usage".*whole number/],
    [`age_recipients = ["age1nonsense"]`, /^Not an age recipient.*age_recipients = \["age1nonsense"\]/],
    [`age_recipients = []`, /^Nobody to seal to/],
    [`expires_in = "1d"\nexpires_at = "2030-01-01T00:00:00Z"`, /^Two ends.*expires_in = "1d"/],
  ])("a key has %s", async (key, message) => {
    expect(await onlyError({ key })).toMatch(message);
    expect(server.log).toEqual([]);
  });

  it.each([
    [400, /^The server refuses to create a provisioning key.*says: because/],
    [404, /^The server knows nothing.*Pangolin community/],
    [500, /^The server failed to create a provisioning key: status 500.*says: because/],
  ])("the server answers %i", async (status, message) => {
    server.failing = { status, message: "because" };
    expect(await onlyError()).toMatch(message);
  });

  it("the server is not there", async () => {
    await server.close();
    expect(await onlyError()).toMatch(/^The server cannot be reached.*ECONNREFUSED.*Check "endpoint"/);
  });

  it("the server's certificate is by an unknown authority, until that is named", async () => {
    const tls = selfSigned();
    const secure = new IntegrationServer();
    vi.stubEnv("FIRSTBOOT_ENDPOINT", await secure.listen(tls));
    try {
      expect(await onlyError()).toMatch(/^The server's certificate is not trusted.*Set "ca_pem"/);
      vi.stubEnv("FIRSTBOOT_CA_PEM", tls.cert);
      await workspace.apply();
      expect(secure.keys.size).toBe(1);
    } finally {
      await secure.close();
    }
  });
});
