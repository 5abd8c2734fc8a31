import { type PublicMode, publicModes, type WrittenPublicResource } from "../schema/public-resource.js";
import { adminAmong, brokenAmong, emptyAmong, maskedSecret } from "./access.js";
import { blockRules } from "./blocks.js";
import { domainFault, domainFaults } from "./host-name.js";
import { idlePublicRules } from "./idle.js";
import { doublePriorities, matchRules } from "./matches.js";
import { isRaw, modeOf } from "./mode.js";
import { type Complaint, eachItem, type Rule, ruleFor } from "./rule.js";
import { targetRules } from "./target.js";

const rule = ruleFor<WrittenPublicResource>();

function methodFault(mode: PublicMode | undefined, method: string | undefined): string | undefined {
  if (mode === "http" && method === undefined) return "is missing; mode http needs it";
  return isRaw(mode) && method !== undefined ? `has no place in mode ${mode}` : undefined;
}

/** What a resource must be to be one, beyond its keys (PROTOCOLS B3). */
const modeRules: readonly Rule<WrittenPublicResource>[] = [
  rule({
    level: "error",
    reads: ["name"],
    at: "name",
    find: ({ name }) => (name === undefined ? "is missing; only targets alone need no name" : undefined),
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol"],
    at: "mode",
    find: (resource) => (modeOf(resource) ? undefined : `is missing; it is one of ${publicModes.join(", ")}`),
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "targets"],
    at: "targets",
    find: ({ targets, ...resource }) => {
      const mode = modeOf(resource);
      return [
        ...eachItem(targets, (target) =>
          target && mode === "inference" ? "mode inference has no targets" : undefined,
        ),
        ...eachItem(targets, (target) => target && methodFault(mode, target.method), ["method"]),
      ];
    },
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "targets", "auth-daemon"],
    at: "targets",
    find: ({ targets, "auth-daemon": daemon, ...resource }) =>
      modeOf(resource) === "ssh" && daemon && daemon.mode !== "remote" && targets.filter(Boolean).length > 1
        ? `may be one in mode ssh with a daemon of mode ${daemon.mode}`
        : undefined,
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "full-domain"],
    at: "full-domain",
    find: ({ "full-domain": domain, ...resource }) => {
      const mode = modeOf(resource);
      return mode && !isRaw(mode) && !domain ? `is missing; mode ${mode} needs it` : undefined;
    },
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "proxy-port"],
    at: "proxy-port",
    find: ({ "proxy-port": port, ...resource }) => {
      const mode = modeOf(resource);
      return isRaw(mode) && port === undefined ? `is missing; mode ${mode} needs it` : undefined;
    },
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "ai-providers"],
    at: "ai-providers",
    find: ({ "ai-providers": providers, ...resource }) =>
      providers.length > 0 && modeOf(resource) !== "inference" ? "belongs to mode inference" : undefined,
  }),
];

/** Keys that only certain modes may have at all (PROTOCOLS B3). */
const foreignRules: readonly Rule<WrittenPublicResource>[] = [
  rule({
    level: "error",
    reads: ["mode", "protocol", "auth"],
    at: "auth",
    find: ({ auth, ...resource }) => {
      const mode = modeOf(resource);
      return isRaw(mode) && auth ? `has no place in mode ${mode}` : undefined;
    },
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "proxy-protocol"],
    at: "proxy-protocol",
    find: ({ "proxy-protocol": value, ...resource }) =>
      value !== undefined && modeOf(resource) !== "tcp" ? "belongs to mode tcp" : undefined,
  }),
  rule({
    level: "error",
    reads: ["mode", "protocol", "proxy-protocol-version"],
    at: "proxy-protocol-version",
    find: ({ "proxy-protocol-version": value, ...resource }) =>
      value !== undefined && modeOf(resource) !== "tcp" ? "belongs to mode tcp" : undefined,
  }),
];

const domainRules: readonly Rule<WrittenPublicResource>[] = [
  rule({
    level: "error",
    reads: ["full-domain"],
    at: "full-domain",
    find: ({ "full-domain": domain }) => {
      const fault = domain ? domainFault(domain) : undefined;
      return fault && fault !== "underscore" ? domainFaults[fault] : undefined;
    },
  }),
  rule({
    level: "strict",
    reads: ["full-domain"],
    at: "full-domain",
    find: ({ "full-domain": domain }) =>
      domain && domainFault(domain) === "underscore"
        ? "has underscores, which a Pangolin server refuses beside a *"
        : undefined,
  }),
];

const authRules: readonly Rule<WrittenPublicResource>[] = [
  rule({
    level: "strict",
    reads: ["auth"],
    at: "auth",
    find: ({ auth }) => below("sso-roles", adminAmong(auth?.["sso-roles"] ?? [])),
  }),
  rule({
    level: "error",
    reads: ["auth"],
    at: "auth",
    find: ({ auth }) => below("sso-roles", brokenAmong(auth?.["sso-roles"] ?? [])),
  }),
  rule({
    level: "warning",
    reads: ["auth"],
    at: "auth",
    find: ({ auth }) => [
      ...below("sso-roles", emptyAmong(auth?.["sso-roles"] ?? [])),
      ...below("sso-users", emptyAmong(auth?.["sso-users"] ?? [])),
    ],
  }),
  rule({
    level: "error",
    reads: ["auth"],
    at: "auth",
    find: ({ auth }) => {
      const inPassword = maskedSecret(auth?.password);
      const inBasicAuth = maskedSecret(auth?.["basic-auth"]?.password);
      return [
        ...(inPassword ? [{ at: ["password"], message: inPassword }] : []),
        ...(inBasicAuth ? [{ at: ["basic-auth", "password"], message: inBasicAuth }] : []),
      ];
    },
  }),
  rule({
    level: "error",
    reads: ["rules"],
    at: "rules",
    find: ({ rules }) => doublePriorities(rules),
  }),
];

/** Two names for one thing, of which one is not heard. */
const aliasRules: readonly Rule<WrittenPublicResource>[] = [
  rule({
    level: "warning",
    reads: ["mode", "protocol"],
    at: "protocol",
    find: ({ mode, protocol }) =>
      mode && protocol && mode !== protocol ? `has no effect beside mode ${mode}` : undefined,
  }),
];

function below(key: string, complaints: readonly Complaint[]): Complaint[] {
  return complaints.map(({ at, message }) => ({ at: [key, ...at], message }));
}

export const publicResourceRules: readonly Rule<WrittenPublicResource>[] = [
  ...modeRules,
  ...aliasRules,
  ...foreignRules,
  ...domainRules,
  ...targetRules,
  ...authRules,
  ...matchRules,
  ...blockRules,
  ...idlePublicRules,
];
