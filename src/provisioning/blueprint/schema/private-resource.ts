import { z } from "zod";
import { AiBudgets, AiProviders, normalAiProviders } from "./ai.js";
import { AuthDaemonShape, normalAuthDaemon } from "./auth-daemon.js";
import { present } from "./present.js";
import { distinct, distinctLabels, distinctRoles, Labels, Names, normalPorts, PortList, Text } from "./values.js";

export const privateModes = ["host", "cidr", "http", "ssh", "inference"] as const;

/** What signed-in clients may reach (PROTOCOLS B9). */
export const PrivateResourceShape = z
  .object({
    name: Text.max(255).meta({ description: "Name that people see, at most 255 characters." }),
    mode: z.enum(privateModes).meta({ description: "What it is: a host, a network, a web page, a shell, models." }),
    destination: Text.optional().meta({
      description:
        "IP address or host name, or a network in mode cidr. May be absent in mode inference, and in ssh without a daemon.",
      examples: ["127.0.0.1", "10.0.0.0/24"],
    }),
    "destination-port": z
      .int()
      .positive()
      .optional()
      .meta({ description: "Port at the destination; 22 for ssh with a destination if absent." }),
    site: z.string().optional().meta({
      description: "Site that it is reached through, by niceId or exact name. `sites` names several.",
      deprecated: true,
    }),
    sites: Names.meta({
      description:
        "Sites that it is reached through, by niceId or exact name; none: the site that applies the blueprint.",
    }),
    enabled: z.boolean().default(true).meta({ description: "Whether it can be reached." }),
    "tcp-ports": PortList.default("*").meta({
      description: 'TCP ports: "*" for all, "" for none, or a list. Modes http and inference have their own.',
      examples: ["22,3389,8000-9000"],
    }),
    "udp-ports": PortList.default("*").meta({
      description: 'UDP ports: "*" for all, "" for none, or a list. Modes http and inference have none.',
    }),
    "disable-icmp": z.boolean().default(false).meta({
      description: "Whether pings are kept out; they always are in modes http and inference.",
    }),
    alias: z
      .string()
      .optional()
      .meta({
        description: "Name that clients use, of two labels or more. `*` and `?` may stand in all but the last.",
        examples: ["db.internal", "*.lab.internal"],
      }),
    "full-domain": z
      .string()
      .optional()
      .meta({
        description: "Domain that it answers to, in modes http and inference.",
        examples: ["wiki.example.com"],
      }),
    ssl: z
      .boolean()
      .optional()
      .meta({ description: "Whether clients reach it over TLS; true in modes http and inference if absent." }),
    scheme: z.enum(["http", "https"]).nullish().meta({ description: "How the destination is spoken to in mode http." }),
    roles: Names.meta({
      description: "Roles that may use it; missing ones are created. `Admin` always may, and is not written here.",
      examples: [["DevOps"]],
    }),
    users: Names.meta({
      description: "Users that may use it, by name or e-mail address.",
      examples: [["user@example.com"]],
    }),
    machines: Names.meta({ description: "niceIds of clients that may use it." }),
    labels: Labels,
    "auth-daemon": AuthDaemonShape.optional(),
    "ai-providers": AiProviders,
    "ai-budget": AiBudgets,
  })
  .meta({ id: "PrivateResource", description: "A resource that signed-in clients may reach." });

export type WrittenPrivateResource = z.output<typeof PrivateResourceShape>;

/** What a web page is reached at, whatever the document says (PROTOCOLS B9). */
const webPorts = { "tcp-ports": "443,80", "udp-ports": "", "disable-icmp": true };

/** Modes in which a resource is a web page: it has a domain, and its ports are those of the web. */
export function isWeb(mode: WrittenPrivateResource["mode"] | undefined): boolean {
  return mode === "http" || mode === "inference";
}

export function normalPrivateResource({ site, ...resource }: WrittenPrivateResource) {
  const { mode, destination } = resource;
  const web = isWeb(mode);
  const sshPort = mode === "ssh" && destination !== undefined ? 22 : undefined;
  return present({
    ...resource,
    "destination-port": resource["destination-port"] ?? sshPort,
    sites: distinct([site ?? "", ...resource.sites]),
    "tcp-ports": normalPorts(resource["tcp-ports"]),
    "udp-ports": normalPorts(resource["udp-ports"]),
    "full-domain": resource["full-domain"] || undefined,
    ssl: resource.ssl ?? (web ? true : undefined),
    roles: distinctRoles(resource.roles),
    users: distinct(resource.users),
    machines: distinct(resource.machines),
    labels: distinctLabels(resource.labels),
    "auth-daemon": resource["auth-daemon"] && normalAuthDaemon(resource["auth-daemon"]),
    "ai-providers": normalAiProviders(resource["ai-providers"]),
    ...(web && webPorts),
  });
}

/** In normal form: one name for each thing, all defaults filled in. */
export type PrivateResource = ReturnType<typeof normalPrivateResource>;
