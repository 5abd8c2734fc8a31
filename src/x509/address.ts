/** The bytes of an IP address in text: 4 for IPv4, 16 for IPv6. Throws a `TypeError` on anything else. */
export function addressBytes(address: string): Buffer {
  const bytes = address.includes(":") ? ipv6Bytes(address) : ipv4Bytes(address);
  if (bytes === undefined) throw new TypeError(`not an IP address: ${address}`);
  return bytes;
}

function ipv4Bytes(address: string): Buffer | undefined {
  const parts = address.split(".");
  const fits = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return fits ? Buffer.from(parts.map(Number)) : undefined;
}

function ipv6Bytes(address: string): Buffer | undefined {
  const halves = address.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}
