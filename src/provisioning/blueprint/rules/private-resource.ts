import { isWeb, type WrittenPrivateResource } from "../schema/private-resource.js";
import { distinct } from "../schema/values.js";
import { adminAmong, brokenAmong, emptyAmong } from "./access.js";
import { blockRules } from "./blocks.js";
import {
  domainFault,
  domainFaults,
  isAddress,
  isAlias,
  isHostName,
  isLooseHostName,
  isNetwork,
  looksLikeAddress,
} from "./host-name.js";
import { type Rule, ruleFor } from "./rule.js";

const rule = ruleFor<WrittenPrivateResource>();

/** Where a resource leads, by its mode (PROTOCOLS B9). */
const destinationRules: readonly Rule<WrittenPrivateResource>[] = [
  rule({
    level: "error",
    reads: ["mode", "destination", "auth-daemon"],
    at: "destination",
    find: ({ mode, destination, "auth-daemon": daemon }) => {
      const optional = mode === "inference" || (mode === "ssh" && (!daemon || daemon.mode === "native"));
      if (destination !== undefined || optional) return undefined;
      return mode === "ssh" ? `is missing; ssh with a daemon needs it` : `is missing; mode ${mode} needs it`;
    },
  }),
  rule({
    level: "error",
    reads: ["mode", "destination"],
    at: "destination",
    find: ({ mode, destination }) => {
      if (destination === undefined) return undefined;
      if (mode === "cidr") return isNetwork(destination) ? undefined : "must be a network such as 10.0.0.0/24";
      if (mode !== "host" || isAddress(destination) || isLooseHostName(destination)) return undefined;
      return "must be an IP address or a host name";
    },
  }),
  rule({
    level: "strict",
    reads: ["mode", "destination", "alias"],
    at: "destination",
    find: ({ mode, destination, alias }) => {
      if (mode !== "host" || destination === undefined || isAddress(destination)) return undefined;
      if (!isLooseHostName(destination)) return undefined;
      if (!isHostName(destination)) return "has underscores, which a Pangolin server refuses in a host name";
      return alias && isHostName(alias)
        ? undefined
        : "is a host name, which a Pangolin server takes only beside an alias that is a host name too";
    },
  }),
  rule({
    level: "warning",
    reads: ["mode", "destination"],
    at: "destination",
    find: ({ mode, destination }) =>
      mode === "host" && destination !== undefined && looksLikeAddress(destination) && !isAddress(destination)
        ? "looks like an IP address and is none"
        : undefined,
  }),
  rule({
    level: "warning",
    reads: ["destination-port"],
    at: "destination-port",
    find: ({ "destination-port": port }) =>
      port !== undefined && port > 65_535 ? "is no port: they end at 65535" : undefined,
  }),
];

const modeRules: readonly Rule<WrittenPrivateResource>[] = [
  rule({
    level: "error",
    reads: ["mode", "site", "sites", "auth-daemon"],
    at: "sites",
    find: ({ mode, site, sites, "auth-daemon": daemon }) =>
      mode === "ssh" && daemon && daemon.mode !== "remote" && distinct([site ?? "", ...sites]).length > 1
        ? `may be one in mode ssh with a daemon of mode ${daemon.mode}`
        : undefined,
  }),
  rule({
    level: "error",
    reads: ["mode", "ai-providers"],
    at: "ai-providers",
    find: ({ mode, "ai-providers": providers }) =>
      providers.length > 0 && mode !== "inference" ? "belongs to mode inference" : undefined,
  }),
  rule({
    level: "error",
    reads: ["alias"],
    at: "alias",
    find: ({ alias }) =>
      alias === undefined || isAlias(alias)
        ? undefined
        : "must be a name of two labels or more, such as db.internal; * and ? may stand in all but the last",
  }),
  rule({
    level: "error",
    reads: ["mode", "full-domain"],
    at: "full-domain",
    find: ({ mode, "full-domain": domain }) => {
      const fault = isWeb(mode) && domain ? domainFault(domain) : undefined;
      return fault && fault !== "underscore" ? domainFaults[fault] : undefined;
    },
  }),
];

const accessRules: readonly Rule<WrittenPrivateResource>[] = [
  rule({ level: "strict", reads: ["roles"], at: "roles", find: ({ roles }) => adminAmong(roles) }),
  rule({ level: "error", reads: ["roles"], at: "roles", find: ({ roles }) => brokenAmong(roles) }),
  rule({ level: "warning", reads: ["roles"], at: "roles", find: ({ roles }) => emptyAmong(roles) }),
  rule({ level: "warning", reads: ["users"], at: "users", find: ({ users }) => emptyAmong(users) }),
  rule({ level: "warning", reads: ["machines"], at: "machines", find: ({ machines }) => emptyAmong(machines) }),
];

/** Values that stand there by default or by the mode itself say nothing that could be lost. */
const silentPorts: readonly string[] = ["*", "443,80", ""];

const idleRules: readonly Rule<WrittenPrivateResource>[] = [
  ...(["tcp-ports", "udp-ports"] as const).map((key) =>
    rule({
      level: "warning",
      reads: ["mode", key],
      at: key,
      find: ({ mode, ...ports }) =>
        isWeb(mode) && !silentPorts.includes(ports[key].trim()) ? `has no effect in mode ${mode}` : undefined,
    }),
  ),
  rule({
    level: "warning",
    reads: ["mode", "full-domain"],
    at: "full-domain",
    find: ({ mode, "full-domain": domain }) => (domain && !isWeb(mode) ? `has no effect in mode ${mode}` : undefined),
  }),
  rule({
    level: "warning",
    reads: ["mode", "auth-daemon"],
    at: "auth-daemon",
    find: ({ mode, "auth-daemon": daemon }) => (daemon && mode !== "ssh" ? `has no effect in mode ${mode}` : undefined),
  }),
];

export const privateResourceRules: readonly Rule<WrittenPrivateResource>[] = [
  ...destinationRules,
  ...modeRules,
  ...accessRules,
  ...blockRules,
  ...idleRules,
];
