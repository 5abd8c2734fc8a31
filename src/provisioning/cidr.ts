import { formatAddress, parseAddress, unmapped } from "../x509/address.js";

/** A block of IP addresses, such as `10.0.0.0/8` or `2001:db8::/32`. */
export interface Cidr {
  /** The block's first address: 4 bytes for IPv4, 16 for IPv6. */
  readonly network: Uint8Array;
  /** How many leading bits its addresses share. */
  readonly prefix: number;
  /** The one way to write it: bits of a host cleared, IPv6 as RFC 5952 has it. */
  readonly text: string;
}

const written = /^([\da-fA-F.:]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/;

/** Bits of an IPv4-mapped IPv6 address before those of the IPv4 address. */
const mappedBits = 96;

/** Reads a block, or one address as a block of its own; undefined if it is none. IPv4-mapped IPv6 is IPv4. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", given] = written.exec(text) ?? [];
  const bytes = parseAddress(address);
  if (!bytes) return undefined;
  const prefix = given === undefined ? bytes.length * 8 : Number(given);
  if (prefix > bytes.length * 8) return undefined;
  const plain = unmapped(bytes);
  return plain !== bytes && prefix >= mappedBits ? block(plain, prefix - mappedBits) : block(bytes, prefix);
}

/** Whether an address is in a block. What is no address is in none. */
export function contains({ network, prefix }: Cidr, address: string): boolean {
  const parsed = parseAddress(address);
  const bytes = parsed && unmapped(parsed);
  return (
    bytes?.length === network.length && network.every((byte, at) => byte === ((bytes[at] ?? 0) & mask(prefix, at)))
  );
}

function block(bytes: Uint8Array, prefix: number): Cidr {
  const network = bytes.map((byte, at) => byte & mask(prefix, at));
  return { network, prefix, text: `${formatAddress(network)}/${prefix}` };
}

/** Which bits of the byte at a place belong to a prefix. */
function mask(prefix: number, at: number): number {
  const bits = Math.min(8, Math.max(0, prefix - at * 8));
  return 0xff & (0xff << (8 - bits));
}
