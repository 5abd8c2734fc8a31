import { type Cidr, contains, parseCidr } from "../../provisioning/cidr.js";

/**
 * Addresses of no host on the Internet: this host, private and link-local networks, groups. Of IPv6 only 2000::/3 is of the
 * Internet, but for what leads to IPv4 in there.
 */
const internal: readonly Cidr[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "::/3",
  "2001::/32",
  "2002::/16",
  "4000::/2",
  "8000::/1",
].flatMap((text) => parseCidr(text) ?? []);

const loopback: readonly Cidr[] = ["127.0.0.0/8", "::1/128"].flatMap((text) => parseCidr(text) ?? []);

/** What a webhook's URL is refused with. */
export interface UrlObjection {
  readonly status: 400 | 403;
  readonly message: string;
}

/**
 * What speaks against a webhook's URL. `isTrusted`: who names it may reach what the server reaches. Only what is written
 * is looked at: names are not resolved.
 */
export function objectionToUrl(text: string, isTrusted: boolean): UrlObjection | undefined {
  const { protocol, username, password, hostname } = new URL(text);
  const host = hostname.replace(/^\[|\]$|\.+$/g, "");
  if (username !== "" || password !== "") {
    return { status: 400, message: "A webhook's URL must not hold a user name or password: messages are signed" };
  }
  const isLocal = /(^|\.)localhost$/.test(host) || isWithin(loopback, host);
  if (protocol === "http:" && !isLocal) {
    return { status: 400, message: "A webhook's URL must be https: only on loopback may it be http" };
  }
  if (isTrusted || !(isLocal || isWithin(internal, host) || isInternalName(host))) return undefined;
  return { status: 403, message: "Only a key of all organizations may name an internal address for a webhook" };
}

function isWithin(networks: readonly Cidr[], host: string): boolean {
  return networks.some((network) => contains(network, host));
}

/** A name without a dot is looked for in the server's own network, and so are those under names that are kept for that. */
function isInternalName(host: string): boolean {
  return !/[.:]/.test(host) || /\.(internal|local|localdomain|home\.arpa)$/.test(host);
}
