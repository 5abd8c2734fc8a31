/** A small writer of DER (ITU-T X.690), as much as certificates need. Every function returns one whole element. */
const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context: 0x80,
  constructed: 0x20,
} as const;

function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => element(tags.sequence, ...items);

export const set = (...items: readonly Uint8Array[]): Buffer => element(tags.set, ...items);

export const yes = (): Buffer => element(tags.boolean, Buffer.from([0xff]));

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.of(0) : bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  return element(tags.integer, sign, digits);
}

/** Bits whose last `unused` ones do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer =>
  element(tags.bitString, Buffer.from([unused]), bytes);

export const octetString = (bytes: Uint8Array): Buffer => element(tags.octetString, bytes);

export const utf8String = (text: string): Buffer => element(tags.utf8String, Buffer.from(text, "utf8"));

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}

/** A time in whole seconds: UTCTime until 2049, GeneralizedTime after it (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]|\.\d+Z/g, "")}Z`;
  return text < "2050"
    ? element(tags.utcTime, Buffer.from(text.slice(2)))
    : element(tags.generalizedTime, Buffer.from(text));
}

/** A context-specific element around whole elements. */
export const explicit = (number: number, ...items: readonly Uint8Array[]): Buffer =>
  element(tags.context | tags.constructed | number, ...items);

/** A context-specific element that replaces a primitive one's tag. */
export const implicit = (number: number, bytes: Uint8Array): Buffer => element(tags.context | number, bytes);
