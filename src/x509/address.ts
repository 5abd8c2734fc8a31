/** The bytes of an IP address in text: 4 for IPv4, 16 for IPv6. Throws a `TypeError` on anything else. */
export function addressBytes(address: string): Buffer {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new TypeError(`not an IP address: ${address}`);
  return bytes;
}

/** The bytes of an IP address in text, or undefined. Zones and leading zeros of IPv4 have no one meaning and are refused. */
export function parseAddress(text: string): Buffer | undefined {
  return text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
}

function ipv4Bytes(text: string): Buffer | undefined {
  const parts = text.split(".", 5);
  const fits = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return fits ? Buffer.from(parts.map(Number)) : undefined;
}

function ipv6Bytes(text: string): Buffer | undefined {
  const halves = withoutDots(text)
    ?.split("::", 3)
    .map((half) => (half === "" ? [] : half.split(":", 9)));
  if (!halves) return undefined;
  const [head = [], tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** An IPv6 address whose last four bytes may be written as IPv4, with all of them in groups. */
function withoutDots(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const start = text.lastIndexOf(":") + 1;
  const last = ipv4Bytes(text.slice(start));
  return last && `${text.slice(0, start)}${last.toString("hex", 0, 2)}:${last.toString("hex", 2)}`;
}

/** What starts an IPv6 address that stands for an IPv4 one (RFC 4291, 2.5.5.2). */
const mapped = Buffer.from("00000000000000000000ffff", "hex");

/** The IPv4 address that an IPv4-mapped IPv6 address stands for; every other address is itself. */
export function unmapped(bytes: Buffer): Buffer {
  const isMapped = bytes.length === 16 && bytes.subarray(0, mapped.length).equals(mapped);
  return isMapped ? bytes.subarray(mapped.length) : bytes;
}

/** The text of an address: IPv6 in lower case with its longest run of zeros left out (RFC 5952). */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0));
  const text = groups.map((group) => group.toString(16)).join(":");
  const [longest] = [...text.matchAll(/\b0(:0\b)+/g)].sort((a, b) => b[0].length - a[0].length);
  if (!longest) return text;
  const end = longest.index + longest[0].length;
  return `${text.slice(0, longest.index).replace(/:$/, "")}::${text.slice(end).replace(/^:/, "")}`;
}
