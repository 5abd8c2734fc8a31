import { type Cidr, contains } from "../../provisioning/cidr.js";
import type { Peer } from "../../world/network.js";
import { formatAddress, parseAddress, unmapped } from "../../x509/address.js";

/** The header in which each proxy notes whom it heard from, the nearest last. */
export const forwardedForHeader = "x-forwarded-for";

/** Whether a proxy whose word is taken has an address. */
export function isTrusted(proxies: readonly Cidr[], address: string): boolean {
  return proxies.some((proxy) => contains(proxy, address));
}

/**
 * Who is really at the other end: from the nearest on, a trusted proxy's word is taken for the one before it. What is no
 * address ends the walk, since whoever wrote what stands before it was not seen by a proxy of ours.
 */
export function trueSource(proxies: readonly Cidr[], peer: Peer, forwardedFor: string | null | undefined): Peer {
  if (!forwardedFor || !isTrusted(proxies, peer.address)) return peer;
  let { address } = peer;
  for (const entry of forwardedFor.split(",").reverse()) {
    if (entry.trim() === "") continue;
    const before = addressIn(entry.trim());
    if (before === undefined) break;
    address = before;
    if (!isTrusted(proxies, address)) break;
  }
  return { address };
}

/** Some proxies note a port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withPort = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

function addressIn(entry: string): string | undefined {
  const [, ipv6, ipv4] = withPort.exec(entry) ?? [];
  const bytes = parseAddress(ipv6 ?? ipv4 ?? entry);
  return bytes && formatAddress(unmapped(bytes));
}
