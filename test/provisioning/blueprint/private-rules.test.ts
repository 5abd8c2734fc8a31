import { budget, describeCases, ordered } from "./cases.js";
import { host } from "./places.js";

/** Every rule between keys of PROTOCOLS B9, with what keeps it and what breaks it. */
describeCases("private", [
  ["a host by its address", host, "fine"],
  ["a host by its IPv6 address", { ...host, destination: "fd00::1" }, "fine"],
  ["a host without a destination", { name: "a", mode: "host" }, "error destination"],
  ["a host by a name with an alias", { ...host, destination: "localhost", alias: "db.internal" }, "fine"],
  ["a host by a name without an alias", { ...host, destination: "localhost" }, "strict destination"],
  [
    "a host by a name with a wild alias",
    { ...host, destination: "localhost", alias: "*.internal" },
    "strict destination",
  ],
  ["a host by a name with underscores", { ...host, destination: "a_b", alias: "db.internal" }, "strict destination"],
  ["a host by no name", { ...host, destination: "a b", alias: "db.internal" }, "error destination"],
  ["a host by an address and a port", { ...host, destination: "10.0.0.1:22" }, "error destination"],
  [
    "a host by what is nearly an address",
    { ...host, destination: "10.0.0.300", alias: "db.internal" },
    "warning destination",
  ],
  ["a network", { name: "a", mode: "cidr", destination: "10.0.0.0/24" }, "fine"],
  ["a network without a destination", { name: "a", mode: "cidr" }, "error destination"],
  ["a network that is none", { name: "a", mode: "cidr", destination: "10.0.0.0/33" }, "error destination"],
  ["an address as a network", { name: "a", mode: "cidr", destination: "10.0.0.1" }, "error destination"],
  ["a page", { name: "a", mode: "http", destination: "10.0.0.1", "full-domain": "a.b" }, "fine"],
  ["a page without a destination", { name: "a", mode: "http" }, "error destination"],
  [
    "a page with a domain that is none",
    { name: "a", mode: "http", destination: "a", "full-domain": "a b" },
    "error full-domain",
  ],
  ["a host with a domain", { ...host, "full-domain": "a.b" }, "warning full-domain"],
  ["models without a destination", { name: "a", mode: "inference" }, "fine"],
  ["a shell without a destination", { name: "a", mode: "ssh" }, "fine"],
  ["a shell with a native daemon", { name: "a", mode: "ssh", "auth-daemon": { mode: "native" } }, "fine"],
  ["a shell with a daemon at the site", { name: "a", mode: "ssh", "auth-daemon": {} }, "error destination"],
  [
    "a shell with a remote daemon",
    { name: "a", mode: "ssh", "auth-daemon": { mode: "remote", port: 1 } },
    "error destination",
  ],
  [
    "a remote daemon without a port",
    { ...host, mode: "ssh", "auth-daemon": { mode: "remote" } },
    "error auth-daemon.port",
  ],
  ["a daemon beside a host", { ...host, "auth-daemon": {} }, "warning auth-daemon"],
  [
    "a native shell at two sites",
    { ...host, mode: "ssh", "auth-daemon": { mode: "native" }, site: "a", sites: ["b"] },
    "error sites",
  ],
  ["a native shell at one site twice", { ...host, mode: "ssh", "auth-daemon": {}, site: "a", sites: ["a"] }, "fine"],
  [
    "a remote shell at two sites",
    { ...host, mode: "ssh", "auth-daemon": { mode: "remote", port: 1 }, sites: ["a", "b"] },
    "fine",
  ],
  ["a shell without a daemon at two sites", { ...host, mode: "ssh", sites: ["a", "b"] }, "fine"],
  ["providers in inference", { name: "a", mode: "inference", "ai-providers": [{ provider: "a" }] }, "fine"],
  ["providers beside a host", { ...host, "ai-providers": [{ provider: "a" }] }, "error ai-providers"],
  ["two budgets of a kind", { ...host, "ai-budget": [budget("usd"), budget("usd")] }, "error ai-budget[1]"],
  ["Admin among the roles", { ...host, roles: ["Admin"] }, "strict roles[0]"],
  ["an empty role", { ...host, roles: ["a", ""] }, "warning roles[1]"],
  ["an empty user", { ...host, users: [""] }, "warning users[0]"],
  ["an empty machine", { ...host, machines: [""] }, "warning machines[0]"],
  ["ports of a page", { ...host, mode: "http", "tcp-ports": "22" }, "warning tcp-ports"],
  ["UDP ports of models", { name: "a", mode: "inference", "udp-ports": "53" }, "warning udp-ports"],
  ["ports of a page as they are", { ...host, mode: "http", "tcp-ports": "443,80", "udp-ports": "" }, "fine"],
  ["a port that is none", { ...host, "destination-port": 65_536 }, "warning destination-port"],
]);

/** The same of PROTOCOLS B10. */
describeCases("policy", [
  ["a name", { name: "a" }, "fine"],
  ["Admin among the roles", { name: "a", "sso-roles": ["Admin"] }, "strict sso-roles[0]"],
  ["an empty role", { name: "a", "sso-roles": [""] }, "warning sso-roles[0]"],
  ["an empty user", { name: "a", "sso-users": [""] }, "warning sso-users[0]"],
  ["a masked password", { name: "a", password: "********" }, "error password"],
  [
    "a masked basic password",
    { name: "a", "basic-auth": { user: "user", password: "********" } },
    "error basic-auth.password",
  ],
  ["a list that is on", { name: "a", "whitelist-users": ["*@b.de"], "email-whitelist-enabled": true }, "fine"],
  ["a list that is off", { name: "a", "whitelist-users": ["*@b.de"] }, "warning whitelist-users"],
  ["a priority twice", { name: "a", rules: ordered(7, 7) }, "warning rules[1]"],
  ["a rule that is none", { name: "a", rules: [{ action: "allow", match: "ip", value: "a" }] }, "error rules[0].value"],
]);
