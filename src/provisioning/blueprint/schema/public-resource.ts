import { z } from "zod";
import { AiBudgets, AiProviders, normalAiProviders } from "./ai.js";
import { AuthShape, normalAuth } from "./auth.js";
import { AuthDaemonShape, normalAuthDaemon } from "./auth-daemon.js";
import { HeaderShape } from "./header.js";
import { MaintenanceShape, normalMaintenance } from "./maintenance.js";
import { present } from "./present.js";
import { normalRules, RuleShape } from "./rule.js";
import { normalTarget, TargetShape } from "./target.js";
import { distinctLabels, Labels, Port } from "./values.js";

export const publicModes = ["http", "tcp", "udp", "ssh", "rdp", "vnc", "inference"] as const;
export type PublicMode = (typeof publicModes)[number];

/** What the world may reach (PROTOCOLS B3). */
export const PublicResourceShape = z
  .object({
    name: z
      .string()
      .optional()
      .meta({ description: "Name that people see. May only be absent if `targets` is all there is." }),
    mode: z
      .enum(publicModes)
      .optional()
      .meta({ description: "What it is. May only be absent if `targets` is all there is." }),
    protocol: z
      .enum(["http", "tcp", "udp", "ssh", "rdp", "vnc"])
      .optional()
      .meta({ description: "Older name of `mode`, which wins if both are given.", deprecated: true }),
    "full-domain": z
      .string()
      .optional()
      .meta({
        description:
          "Domain that it answers to; needed in every mode but tcp and udp. `*` may stand for its first label.",
        examples: ["app.example.com", "*.apps.example.com"],
      }),
    "proxy-port": Port.optional().meta({
      description: "Port that the world connects to; needed in modes tcp and udp.",
      examples: [5432],
    }),
    targets: z.array(TargetShape.nullable()).default([]).meta({
      description: "Where it leads. Places count: null leaves the target at its place as it is.",
    }),
    enabled: z.boolean().default(true).meta({ description: "Whether it can be reached." }),
    ssl: z.boolean().default(true).meta({ description: "Whether the world reaches it over TLS." }),
    scheme: z.enum(["http", "https"]).optional().meta({ description: "Accepted; has no effect in this place." }),
    policy: z
      .string()
      .optional()
      .meta({ description: "niceId of a shared policy, of the same document or of the organisation." }),
    auth: AuthShape.optional(),
    "host-header": z
      .string()
      .optional()
      .meta({ description: "Host header that targets see; absent: the one that was asked for." }),
    "tls-server-name": z
      .string()
      .optional()
      .meta({ description: "Server name for TLS to targets; absent: the host's own." }),
    headers: z.array(HeaderShape).default([]).meta({ description: "Headers added to each request." }),
    rules: z.array(RuleShape).default([]).meta({ description: "Who is let through or kept out." }),
    maintenance: MaintenanceShape.optional(),
    "auth-daemon": AuthDaemonShape.optional(),
    "proxy-protocol": z
      .boolean()
      .optional()
      .meta({ description: "Whether targets are told the client's address; mode tcp only. Absent: false." }),
    "proxy-protocol-version": z
      .int()
      .min(1)
      .optional()
      .meta({ description: "Version of the PROXY protocol; mode tcp only. Absent: 1." }),
    labels: Labels,
    "ai-providers": AiProviders,
    "ai-budget": AiBudgets,
  })
  .meta({ id: "PublicResource", description: "A resource that the world may reach." });

export type WrittenPublicResource = z.output<typeof PublicResourceShape>;

/** What a resource is called that was given an empty name (PROTOCOLS B3). */
export const unnamed = "Unnamed Resource";

function normalTargets(targets: WrittenPublicResource["targets"]) {
  return targets.map((target) => target && normalTarget(target));
}

/** A whole resource; `mode` is the one that its two names come to. */
export function normalPublicResource(written: WrittenPublicResource, mode: PublicMode) {
  const { protocol: _older, "proxy-protocol": proxied, "proxy-protocol-version": version, ...resource } = written;
  return present({
    ...resource,
    name: resource.name || unnamed,
    mode,
    "full-domain": resource["full-domain"] || undefined,
    targets: normalTargets(resource.targets),
    auth: resource.auth && normalAuth(resource.auth),
    rules: normalRules(resource.rules),
    maintenance: resource.maintenance && normalMaintenance(resource.maintenance),
    "auth-daemon": resource["auth-daemon"] && normalAuthDaemon(resource["auth-daemon"]),
    "proxy-protocol": mode === "tcp" ? (proxied ?? false) : undefined,
    "proxy-protocol-version": mode === "tcp" ? (version ?? 1) : undefined,
    labels: distinctLabels(resource.labels),
    "ai-providers": normalAiProviders(resource["ai-providers"]),
  });
}

/** A resource in which all defaults are filled in. */
export type WholePublicResource = ReturnType<typeof normalPublicResource>;

/** Of a resource that is there already, new targets and nothing else (PROTOCOLS B3). */
export type TargetsOnly = Pick<WholePublicResource, "targets"> & {
  [K in Exclude<keyof WholePublicResource, "targets">]?: never;
};

export function normalTargetsOnly({ targets }: Pick<WrittenPublicResource, "targets">): TargetsOnly {
  return { targets: normalTargets(targets) };
}

/** In normal form: one name for each thing, defaults filled in. Without `mode` it is its targets only. */
export type PublicResource = WholePublicResource | TargetsOnly;

export function isTargetsOnly(resource: PublicResource): resource is TargetsOnly {
  return resource.mode === undefined;
}
