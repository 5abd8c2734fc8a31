import { formatAddress, parseAddress, unmapped } from "../x509/address.js";

/** Bytes of an IPv6 address that name a network; what follows its owner chooses freely (RFC 4291, 2.5.4). */
const networkBytes = 8;

/**
 * Whom an address stands for when strangers are counted: an IPv4 address for itself, an IPv6 address for its network of
 * 64 bits. What is no address stands for itself.
 */
export function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const parsed = parseAddress(address);
  if (!parsed) return address;
  const bytes = unmapped(parsed);
  return formatAddress(bytes.length === 4 ? bytes : bytes.fill(0, networkBytes));
}
