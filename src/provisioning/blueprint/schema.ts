import { z } from "zod";

/**
 * The blueprint document (PROTOCOLS B2–B9), lenient where the product documents promise more than a Pangolin server
 * accepts: `Admin` in a role list is dropped, a private host needs no alias.
 */

const port = z.number().int().min(1).max(65_535);
const text = z.string().min(1);
const roles = z.array(text).transform((names) => names.filter((name) => name !== "Admin"));
const address = z.union([z.ipv4(), z.ipv6()]);
const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const hostLabel = /^[a-z0-9_]([a-z0-9-_]*[a-z0-9])?$/i;

function isHostName(value: string): boolean {
  return value.length <= 253 && value.split(".").every((label) => label.length <= 63 && hostLabel.test(label));
}

function isDomain(value: string): boolean {
  const host = value.startsWith("*.") ? value.slice(2) : value;
  return host.includes(".") && isHostName(host);
}

/** `""`, `*`, or ports and ranges such as `22,3389,8000-9000`. */
function isPortList(value: string): boolean {
  return value === "" || value === "*" || value.split(",").every(isPortRange);
}

function isPortRange(part: string): boolean {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? [];
  const from = Number(first);
  const to = Number(last ?? first);
  return from >= 1 && to <= 65_535 && from <= to;
}

const ports = z.string().refine(isPortList, 'ports are "*", "" or a list such as 22,8000-9000');

/** Names in camel case are aliases (PROTOCOLS B4, B5): who reads a document resolves them. */
const healthCheck = z.object({
  hostname: z.string(),
  port,
  enabled: z.boolean().default(true),
  path: z.string().default("/"),
  scheme: z.enum(["http", "https"]).optional(),
  mode: z.string().default("http"),
  interval: z.number().int().default(30),
  "unhealthy-interval": z.number().int().default(30),
  unhealthyInterval: z.number().int().optional(),
  timeout: z.number().int().default(5),
  headers: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .nullable()
    .default(null),
  "follow-redirects": z.boolean().default(true),
  followRedirects: z.boolean().optional(),
  method: z.string().optional(),
  status: z.number().int().optional(),
  "healthy-threshold": z.number().int().min(1).default(1),
  "unhealthy-threshold": z.number().int().min(1).default(1),
});

const target = z.object({
  hostname: z.string(),
  port,
  method: z.enum(["http", "https", "h2c"]).optional(),
  site: z.string().optional(),
  enabled: z.boolean().default(true),
  "internal-port": port.optional(),
  path: z.string().optional(),
  "path-match": z.enum(["exact", "prefix", "regex"]).nullish(),
  "rewrite-path": z.string().optional(),
  rewritePath: z.string().optional(),
  "rewrite-match": z.enum(["exact", "prefix", "regex", "stripPrefix"]).nullish(),
  priority: z.number().int().min(1).max(1000).default(100),
  healthcheck: healthCheck.optional(),
});

const auth = z.object({
  pincode: z.number().int().min(100_000).max(999_999).optional(),
  password: text.optional(),
  "basic-auth": z.object({ user: text, password: text, extendedCompatibility: z.boolean().default(true) }).optional(),
  "sso-enabled": z.boolean().default(false),
  "sso-roles": roles.default([]),
  "sso-users": z.array(text).default([]),
  "whitelist-users": z.array(z.email()).default([]),
  "auto-login-idp": z.number().int().positive().optional(),
});

const rule = z.object({
  action: z.enum(["allow", "deny", "pass"]),
  match: z.enum(["cidr", "path", "ip", "country", "asn", "region"]),
  value: z.coerce.string(),
  priority: z.number().int().optional(),
  enabled: z.boolean().default(true),
});

const header = z.object({ name: text, value: text });

const publicModes = ["http", "tcp", "udp", "ssh", "rdp", "vnc", "inference"] as const;
const needsDomain: readonly string[] = ["http", "ssh", "rdp", "vnc", "inference"];

/** A resource that the world may reach (PROTOCOLS B3). `protocol` is the older name of `mode`. */
export const PublicResource = z
  .object({
    name: text.optional(),
    mode: z.enum(publicModes).optional(),
    protocol: z.enum(["http", "tcp", "udp", "ssh", "rdp", "vnc"]).optional(),
    "full-domain": z.string().refine(isDomain, "a domain such as app.example.com").optional(),
    "proxy-port": port.optional(),
    targets: z.array(target.nullable()).default([]),
    enabled: z.boolean().default(true),
    ssl: z.boolean().default(true),
    auth: auth.optional(),
    "host-header": z.string().optional(),
    "tls-server-name": z.string().optional(),
    headers: z.array(header).optional(),
    rules: z.array(rule).default([]),
    labels: z.array(text).default([]),
  })
  .superRefine((resource, context) => {
    const mode = resource.mode ?? resource.protocol;
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: "custom", path: [path], message });
    if (resource.name === undefined) complain("name", "a public resource needs a name");
    if (mode === undefined) return complain("mode", `a public resource needs a mode: ${publicModes.join(", ")}`);
    if (needsDomain.includes(mode) && resource["full-domain"] === undefined)
      complain("full-domain", `mode ${mode} needs full-domain`);
    if ((mode === "tcp" || mode === "udp") && resource["proxy-port"] === undefined)
      complain("proxy-port", `mode ${mode} needs proxy-port`);
    if ((mode === "tcp" || mode === "udp") && resource.auth) complain("auth", `mode ${mode} takes no auth`);
    const methods = resource.targets.flatMap((one) => (one ? [one.method !== undefined] : []));
    if (mode === "http" && methods.includes(false))
      complain("targets", "each target of an http resource needs a method");
    if ((mode === "tcp" || mode === "udp") && methods.includes(true))
      complain("targets", `a target of a ${mode} resource takes no method`);
  });

/** A resource for signed-in clients (PROTOCOLS B9). */
export const PrivateResource = z
  .object({
    name: text.max(255),
    mode: z.enum(["host", "cidr", "http", "ssh", "inference"]),
    destination: text.optional(),
    "destination-port": z.number().int().positive().optional(),
    site: z.string().optional(),
    sites: z.array(text).optional(),
    enabled: z.boolean().default(true),
    "tcp-ports": ports.default("*"),
    "udp-ports": ports.default("*"),
    "disable-icmp": z.boolean().default(false),
    alias: z.string().optional(),
    "full-domain": z.string().optional(),
    ssl: z.boolean().optional(),
    scheme: z.enum(["http", "https"]).nullish(),
    roles: roles.default([]),
    users: z.array(text).default([]),
    machines: z.array(text).default([]),
    labels: z.array(text).default([]),
  })
  .superRefine(({ mode, destination }, context) => {
    const complain = (message: string): void => context.addIssue({ code: "custom", path: ["destination"], message });
    if (destination === undefined) {
      if (mode !== "inference" && mode !== "ssh") complain(`mode ${mode} needs a destination`);
    } else if (mode === "cidr" && !cidr.safeParse(destination).success) {
      complain("mode cidr needs a destination such as 10.0.0.0/24");
    } else if (mode === "host" && !address.safeParse(destination).success && !isHostName(destination)) {
      complain("mode host needs an IP address or a host name");
    }
  });

const policies = z.record(text, z.looseObject({ name: text.max(255) }));

/** The whole document; each pair of sections is an older name beside a newer one (PROTOCOLS B2). */
export const BlueprintDocument = z.object({
  "public-resources": z.record(text, PublicResource).default({}),
  "proxy-resources": z.record(text, PublicResource).default({}),
  "private-resources": z.record(text, PrivateResource).default({}),
  "client-resources": z.record(text, PrivateResource).default({}),
  "public-policies": policies.default({}),
  sites: z
    .record(text, z.object({ name: text.max(100), "docker-socket-enabled": z.boolean().default(true) }))
    .default({}),
});

export type BlueprintTarget = z.infer<typeof target>;
export type PublicResource = z.infer<typeof PublicResource>;
export type PrivateResource = z.infer<typeof PrivateResource>;
export type Policy = z.infer<typeof policies>[string];
