import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { type Artifact, numberMarker, secretMarker } from "../../src/provisioning/artifact.js";
import type { ProvisioningCodes } from "../provisioning-codes.js";
import { refuse } from "../refuse.js";
import { inFolder } from "./folder.js";

export interface EdgeflowEnvProps {
  /** Where the files go below the bundle's root; default `edgeflow`. */
  readonly folder?: string;
  /** The cloud as `host:port`, without a scheme. */
  readonly server: string;
  readonly codes: ProvisioningCodes;
}

const hostAndPort = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/** One `.env` for each code of a batch (PROTOCOLS C1). */
export function edgeflowEnv(construct: IConstruct, props: EdgeflowEnvProps): Artifact[] {
  const { folder = "edgeflow", server, codes } = props;
  if (Token.isUnresolved(server)) refuse(construct, "the server is not known at synth", "give a literal host:port");
  if (!hostAndPort.test(server)) {
    refuse(construct, `the server ${JSON.stringify(server)} is no host:port`, "give one such as saas.example.com:443");
  }
  const variables = {
    EDGEFLOW_SAAS_ENABLED: "true",
    EDGEFLOW_SAAS_URL: server,
    EDGEFLOW_PROVISIONING_CODE: secretMarker,
  };
  const template = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  return [
    { path: inFolder(folder, `${numberMarker}.env`), mode: "0600", template: template.join(""), ...codes.secret },
  ];
}
