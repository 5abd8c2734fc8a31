import fc from "fast-check";
import type {
  BlueprintInput,
  PolicyInput,
  PrivateResourceInput,
  PublicResourceInput,
} from "../../../src/provisioning/blueprint/index.js";
import {
  anyDaemon,
  anyText,
  auth,
  bareTarget,
  budgets,
  count,
  each,
  email,
  few,
  freeTarget,
  host,
  httpTarget,
  listOf,
  maintenance,
  name,
  network,
  network6,
  niceId,
  port,
  ports,
  provider,
  remoteDaemon,
  role,
  rules,
  some,
  text,
  word,
} from "./arbitrary-parts.js";

/** Documents that a strict check accepts, with every section and key that there is. */

const publicFields = {
  enabled: fc.boolean(),
  ssl: fc.boolean(),
  scheme: each("http", "https"),
  policy: word,
  "host-header": word,
  "tls-server-name": word,
  headers: few(fc.record({ name: text, value: text })),
  rules,
  maintenance,
  labels: few(text),
  "ai-budget": budgets,
};

/** Its mode by the newer name, by the older, or by both. */
function ofMode<const Mode extends "http" | "tcp" | "udp" | "ssh" | "rdp" | "vnc">(mode: Mode) {
  return each({ mode }, { protocol: mode }, { mode, protocol: "rdp" });
}

/** A resource by the number that tells its domain and port from those of all others. */
type Numbered<T> = (at: number) => T;
const domain = each<[Numbered<string>, Numbered<string>]>(
  (at) => `r${at}.example.com`,
  (at) => `*.r${at}.example.com`,
);

function publicOf(
  mode: fc.Arbitrary<Pick<PublicResourceInput, "mode" | "protocol">>,
  targets: fc.Arbitrary<PublicResourceInput["targets"]>,
  more: fc.Arbitrary<Partial<PublicResourceInput>>,
): fc.Arbitrary<Numbered<PublicResourceInput>> {
  return fc
    .tuple(anyText, mode, fc.option(targets, { nil: undefined }), some(publicFields), more, domain)
    .map(([name, modes, list, fields, others, domainOf]) => (at) => ({
      ...{ name, ...fields, ...others, ...modes },
      ...(list && { targets: list }),
      ...((modes.mode ?? modes.protocol) === "tcp" || (modes.mode ?? modes.protocol) === "udp"
        ? { "proxy-port": 1 + (at % 60_000) }
        : { "full-domain": domainOf(at) }),
    }));
}

const withAuth = some({ auth });
const targetsOnly = some({ targets: listOf(freeTarget) }).map((entry) => () => entry);

/** Public resources of every mode, and targets alone. */
export const publicResource: fc.Arbitrary<Numbered<PublicResourceInput>> = fc.oneof(
  publicOf(ofMode("http"), listOf(httpTarget), withAuth),
  publicOf(
    ofMode("tcp"),
    listOf(bareTarget),
    some({ "proxy-protocol": fc.boolean(), "proxy-protocol-version": count }),
  ),
  publicOf(ofMode("udp"), listOf(bareTarget), fc.constant({})),
  publicOf(ofMode("ssh"), listOf(freeTarget), some({ auth, "auth-daemon": remoteDaemon })),
  publicOf(
    ofMode("ssh"),
    listOf(freeTarget).map((list) => list.slice(0, 1)),
    some({ auth, "auth-daemon": anyDaemon }),
  ),
  publicOf(ofMode("rdp"), listOf(freeTarget), withAuth),
  publicOf(ofMode("vnc"), listOf(freeTarget), withAuth),
  publicOf(each({ mode: "inference" }), few(fc.constant(null)), some({ auth, "ai-providers": few(provider) })),
  targetsOnly,
);

const privateFields = {
  "destination-port": port,
  site: word,
  enabled: fc.boolean(),
  "tcp-ports": ports,
  "udp-ports": ports,
  "disable-icmp": fc.boolean(),
  ssl: fc.boolean(),
  scheme: each("http", "https", null),
  roles: few(role),
  users: few(anyText),
  machines: few(anyText),
  labels: few(text),
  "ai-budget": budgets,
};

function privateOf(
  mode: PrivateResourceInput["mode"],
  more: fc.Arbitrary<Partial<PrivateResourceInput>>,
): fc.Arbitrary<Numbered<PrivateResourceInput>> {
  const own = some({ alias: each("plain", "wild"), "full-domain": fc.constant(true), sites: few(word) });
  return fc.tuple(name, some(privateFields), more, own).map(([called, fields, others, marks]) => (at) => ({
    ...{ name: called, mode, ...fields, ...others },
    ...(marks.alias && { alias: marks.alias === "wild" ? `*.a${at}.internal` : `a${at}.internal` }),
    ...(marks["full-domain"] && { "full-domain": `p${at}.example.com` }),
    ...(marks.sites && { sites: marks.sites }),
  }));
}

const named = privateOf("host", fc.record({ destination: each("localhost", "db.internal", "printer") })).map(
  (of) => (at: number) => ({ ...of(at), alias: `a${at}.internal` }),
);
const destination = fc.record({ destination: host });
const optionalDestination = some({ destination: host });

/** Private resources of every mode. */
export const privateResource: fc.Arbitrary<Numbered<PrivateResourceInput>> = fc.oneof(
  privateOf("host", fc.record({ destination: fc.oneof(fc.ipV4(), fc.ipV6()) })),
  named,
  privateOf("cidr", fc.record({ destination: fc.oneof(network, network6) })),
  privateOf("http", destination),
  privateOf("ssh", optionalDestination),
  privateOf("ssh", fc.record({ destination: host, "auth-daemon": remoteDaemon })),
  privateOf("inference", fc.record({ destination: host, "ai-providers": few(provider) }, { requiredKeys: [] })),
);

const secret = fc.stringMatching(/^[ -z]{4,20}$/);

export const policy: fc.Arbitrary<PolicyInput> = fc.record(
  {
    name,
    sso: fc.boolean(),
    "auto-login-idp": fc.option(count),
    "sso-roles": few(role),
    "sso-users": few(anyText),
    password: fc.option(secret),
    pincode: fc.option(fc.stringMatching(/^\d{6}$/)),
    "basic-auth": fc.option(
      fc.record(
        { user: secret, password: secret, "extended-compatibility": fc.boolean() },
        { requiredKeys: ["user", "password"] },
      ),
    ),
    "email-whitelist-enabled": fc.boolean(),
    "whitelist-users": few(fc.oneof(email, each("*@example.com", "Who@Example.Org"))),
    "apply-rules": fc.boolean(),
    rules,
  },
  { requiredKeys: ["name"] },
);

const site = fc.record(
  { name: name.map((value) => value.slice(0, 50)), "docker-socket-enabled": fc.boolean() },
  { requiredKeys: ["name"] },
);

/** A section whose entries know their number. */
function section<T>(entry: fc.Arbitrary<Numbered<T>>, first: number): fc.Arbitrary<Record<string, T>> {
  return fc
    .uniqueArray(fc.tuple(niceId, entry), { selector: ([id]) => id, maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.map(([id, of], index) => [id, of(first + index)])));
}

/** Whole documents. No two entries of one kind share a domain, an alias or a port. */
export const blueprint: fc.Arbitrary<BlueprintInput> = some({
  "public-resources": section(publicResource, 100),
  "proxy-resources": section(publicResource, 200),
  "private-resources": section(privateResource, 300),
  "client-resources": section(privateResource, 400),
  "public-policies": section(
    policy.map((entry) => () => entry),
    0,
  ),
  sites: section(
    site.map((entry) => () => entry),
    0,
  ),
});
