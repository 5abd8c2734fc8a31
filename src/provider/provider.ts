import { X509Certificate } from "node:crypto";
import { DiagnosticError, defineProvider, type Provider, schemaJson } from "../terraform/index.js";
import type { FirstbootClient } from "./client.js";
import { provisioningCode } from "./provisioning-code.js";
import { provisioningKey } from "./provisioning-key.js";

/** The provider `firstboot/firstboot`. */
export function firstbootProvider(version: string): Provider<FirstbootClient> {
  return defineProvider({
    name: "firstboot",
    version,
    description:
      "Provisioning keys and one-time codes for the first boot of a fleet, on a firstboot control plane or a Pangolin server.",
    attributes: {
      endpoint: {
        type: "string",
        optional: true,
        description: "Address of the server, such as `https://plane.example.com:8443`. Default: `FIRSTBOOT_ENDPOINT`.",
      },
      api_key: {
        type: "string",
        optional: true,
        sensitive: true,
        description: "API key of the form `ID.SECRET`. Default: `FIRSTBOOT_API_KEY`.",
      },
      org: {
        type: "string",
        optional: true,
        description: "The organisation of resources that name none. Default: `FIRSTBOOT_ORG`.",
      },
      ca_pem: {
        type: "string",
        optional: true,
        description:
          "Certificate authority of the server in PEM, instead of the system's. Default: `FIRSTBOOT_CA_PEM`.",
      },
    },
    resources: [provisioningKey, provisioningCode],

    async configure(config): Promise<FirstbootClient> {
      const setting = (name: keyof typeof config): string | undefined =>
        config[name] || process.env[`FIRSTBOOT_${name.toUpperCase()}`] || undefined;
      const needed = (name: keyof typeof config): string => {
        const value = setting(name);
        if (value !== undefined) return value;
        throw new DiagnosticError({
          summary: `No ${name.replace("_", " ")}`,
          detail: `Set "${name}" in the provider's configuration, or the environment variable FIRSTBOOT_${name.toUpperCase()}.`,
          path: [name],
        });
      };
      const options = {
        endpoint: checkEndpoint(needed("endpoint")),
        apiKey: needed("api_key"),
        org: setting("org"),
        caPem: checkCa(setting("ca_pem")),
      };
      const { FirstbootClient } = await import("./client.js");
      return new FirstbootClient(options);
    },
  });
}

function checkEndpoint(endpoint: string): string {
  if (URL.canParse(endpoint) && ["http:", "https:"].includes(new URL(endpoint).protocol)) return endpoint;
  throw new DiagnosticError({
    summary: "The endpoint is not an address",
    detail: `${JSON.stringify(endpoint)} should be like https://plane.example.com:8443.`,
    path: ["endpoint"],
  });
}

function checkCa(pem: string | undefined): string | undefined {
  if (pem === undefined) return undefined;
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    throw new DiagnosticError({
      summary: "The certificate authority is not in PEM",
      detail: 'Give the text of the certificate, from "-----BEGIN CERTIFICATE-----", for example with file("ca.pem").',
      path: ["ca_pem"],
    });
  }
}

/** The schema in the form of `terraform providers schema -json`. */
export function providerSchema(): object {
  return schemaJson(firstbootProvider("0.0.0"), "registry.terraform.io/firstboot/firstboot");
}
