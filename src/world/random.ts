import { createHash } from "node:crypto";

/** A source of chance: the system's, or a stream that a seed determines. */
export interface Random {
  uint32(): number;
  /** In [0, 1). */
  float(): number;
  bytes(length: number): Buffer;
  /** A stream of its own: for a seeded source the same name gives the same stream, whatever was drawn before. */
  fork(name: string): Random;
}

/** An integer in [0, bound), without modulo bias. */
export function below(random: Random, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let draw = random.uint32();
  while (draw >= limit) draw = random.uint32();
  return draw % bound;
}

/** One of `items`, which must not be empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new RangeError("cannot pick from nothing");
  return item;
}

/** `length` characters drawn evenly from an alphabet of at most 256. */
export function text(random: Random, alphabet: string, length: number): string {
  const fair = 256 - (256 % alphabet.length);
  const drawn: string[] = [];
  while (drawn.length < length) {
    const bytes = [...random.bytes(length - drawn.length)].filter((byte) => byte < fair);
    drawn.push(...bytes.map((byte) => alphabet.charAt(byte % alphabet.length)));
  }
  return drawn.join("");
}

/** A deterministic stream: SHA-256 in counter mode over the seed, 32 bytes at a time. */
export function seededRandom(seed: string | number): Random {
  const key = createHash("sha256").update(String(seed)).digest();
  let block = Buffer.alloc(0);
  let counter = 0;

  function bytes(length: number): Buffer {
    while (block.length < length) {
      const next = createHash("sha256").update(key).update(String(counter++)).digest();
      block = Buffer.concat([block, next]);
    }
    const out = Buffer.from(block.subarray(0, length));
    block = block.subarray(length);
    return out;
  }

  return {
    bytes,
    uint32: () => bytes(4).readUInt32LE(0),
    float: () => bytes(4).readUInt32LE(0) / 2 ** 32,
    fork: (name) => seededRandom(`${key.toString("hex")}/${name}`),
  };
}
