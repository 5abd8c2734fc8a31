import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { type Artifact, secretMarker } from "../../src/provisioning/artifact.js";
import type { Blueprint } from "../blueprint.js";
import type { ProvisioningKey } from "../provisioning-key.js";
import { refuse } from "../refuse.js";
import { inFolder } from "./folder.js";

export interface NewtConfigProps {
  /** Where the files go below the bundle's root, for example a customer's name; default: the root. */
  readonly folder?: string;
  /** The control plane's base URL, with its scheme. */
  readonly endpoint: string;
  readonly key: ProvisioningKey;
  /** The new site's name; `{{env.NAME}}` is filled on the device. Without it the server makes one up. */
  readonly name?: string;
  /** Applied once, when the site is provisioned. */
  readonly provisioningBlueprint?: Blueprint;
  /** Applied again and again: it stays the source of truth. */
  readonly blueprint?: Blueprint;
}

/** `newt.json`, and beside it the blueprints it names (PROTOCOLS A2). */
export function newtConfig(construct: IConstruct, props: NewtConfigProps): Artifact[] {
  const { folder = "", endpoint, key, name, provisioningBlueprint, blueprint } = props;
  checkEndpoint(construct, endpoint);
  const config = {
    endpoint,
    provisioningKey: secretMarker,
    ...(name !== undefined && { name: siteName(construct, name) }),
    ...(provisioningBlueprint && { provisioningBlueprintFile: provisioningBlueprint.fileName }),
    ...(blueprint && { blueprintFile: blueprint.fileName }),
  };
  const blueprints = new Set([provisioningBlueprint, blueprint].filter((one) => one !== undefined));
  return [
    {
      path: inFolder(folder, "newt.json"),
      mode: "0600",
      template: `${JSON.stringify(config, null, 2)}\n`,
      ...key.secret,
    },
    ...[...blueprints].map(({ fileName, yaml }) => ({
      path: inFolder(folder, fileName),
      mode: "0644",
      template: yaml,
    })),
  ];
}

function siteName(construct: IConstruct, name: string): string {
  if (name.trim() === "") refuse(construct, "the site name is empty", 'give one such as "{{env.SERIAL_NUMBER}}-edge"');
  if (Token.isUnresolved(name)) refuse(construct, "the site name is not known at synth", "give a literal name");
  return name;
}

function checkEndpoint(construct: IConstruct, endpoint: string): void {
  if (Token.isUnresolved(endpoint)) refuse(construct, "the endpoint is not known at synth", "give a literal URL");
  const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : "";
  if (protocol === "https:" || protocol === "http:") return;
  refuse(construct, `the endpoint ${JSON.stringify(endpoint)} is no URL`, "give one such as https://app.example.com");
}
