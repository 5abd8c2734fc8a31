import { boolean, integer, text } from "./kinds.js";
import type { Settings } from "./setting.js";

/** Exit nodes, clients and health checks, as far as this agent has them. */
export const ofTunnel = {
  noCloud: {
    kind: boolean,
    default: false,
    env: ["NO_CLOUD"],
    flag: "no-cloud",
    meaning: "refuses exit nodes in the cloud",
    group: "tunnel and health",
  },
  preferEndpoint: {
    kind: text,
    default: "",
    flag: "prefer-endpoint",
    meaning: "takes the exit node with this endpoint, if it is offered",
    group: "tunnel and health",
  },
  port: {
    kind: integer,
    default: 0,
    env: ["PORT"],
    flag: "port",
    meaning: "UDP port for clients; 0 draws one from 49152 to 65535",
    group: "tunnel and health",
  },
  disableClients: {
    kind: boolean,
    default: false,
    env: ["DISABLE_CLIENTS"],
    flag: "disable-clients",
    meaning: "no interface for clients",
    group: "tunnel and health",
  },
  enforceHcCert: {
    kind: boolean,
    default: false,
    env: ["ENFORCE_HC_CERT"],
    flag: "enforce-hc-cert",
    meaning: "health checks look at the certificates of their targets",
    group: "tunnel and health",
  },
  blocked: {
    kind: boolean,
    default: false,
    meaning: "new connections from the tunnel are dropped; read again on SIGHUP",
    group: "tunnel and health",
  },
} satisfies Settings;
