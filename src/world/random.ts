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

/** `length` characters drawn evenly from an ASCII alphabet. */
export function text(random: Random, alphabet: string, length: number): string {
  const fair = 256 - (256 % alphabet.length);
  const drawn = Buffer.allocUnsafe(length);
  let count = 0;
  while (count < length) {
    for (const byte of random.bytes(length - count)) {
      if (byte < fair) drawn[count++] = alphabet.charCodeAt(byte % alphabet.length);
    }
  }
  return drawn.toString("latin1");
}

/** A stream's state: four words. */
type State = readonly [number, number, number, number];

/** A deterministic stream. Good for everything but secrets that matter. */
export function seededRandom(seed: string | number): Random {
  return new Stream(scramble([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x517cc1b7], String(seed)));
}

/** sfc32 (Small Fast Counter). A class, since a fleet has a hundred thousand of them. */
class Stream implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  readonly #start: State;

  constructor(start: State) {
    this.#start = start;
    [this.#a, this.#b, this.#c, this.#counter] = start;
  }

  uint32(): number {
    const out = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0;
    return out >>> 0;
  }

  float(): number {
    return this.uint32() / 2 ** 32;
  }

  bytes(length: number): Buffer {
    const drawn = Buffer.allocUnsafe(length);
    let at = 0;
    for (; at + 4 <= length; at += 4) drawn.writeUInt32LE(this.uint32(), at);
    if (at < length) drawn.writeUIntLE(this.uint32() % 2 ** (8 * (length - at)), at, length - at);
    return drawn;
  }

  fork(name: string): Random {
    return new Stream(scramble(this.#start, name));
  }
}

/** Mixes a text into a state so that each of its bits reaches all words. */
function scramble([a, b, c, d]: State, text: string): State {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  const mixed: State = [
    Math.imul(c ^ (a >>> 18), 597399067),
    Math.imul(d ^ (b >>> 22), 2869860233),
    Math.imul(a ^ (c >>> 17), 951274213),
    Math.imul(b ^ (d >>> 19), 2716044179),
  ];
  const [w, x, y, z] = mixed;
  return [w ^ x ^ y ^ z, x ^ w, y ^ w, z ^ w];
}
