/** One thing that happened, for people. Never a secret. */
export interface TraceEntry {
  /** Milliseconds of virtual time since the start. */
  readonly at: number;
  readonly host: string;
  readonly what: string;
}

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

/**
 * What happened, as one number: two runs with the same hash did the same, payloads included, in the same order. Whoever
 * wants to read it gets it as entries while it happens.
 */
export class Trace {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  /** Messages delivered and timers fired. */
  events = 0;

  /** @param tell hears every entry. */
  constructor(readonly tell?: (entry: TraceEntry) => void) {}

  /** Takes in a moment and who it belongs to. */
  moment(at: number, host: number): void {
    bits[0] = at;
    this.#mix(words[0] ?? 0);
    this.#mix(words[1] ?? 0);
    this.#mix(host);
  }

  /** Takes in a text: two characters at a time, since most of what is taken in is text. */
  text(text: string): void {
    let low = this.#low;
    let high = this.#high;
    const { length } = text;
    for (let index = 0; index < length; index += 2) {
      low = Math.imul(low ^ text.charCodeAt(index), 0x01000193);
      high = Math.imul(high ^ (index + 1 < length ? text.charCodeAt(index + 1) : low), 0x85ebca6b) ^ (high >>> 15);
    }
    this.#low = low;
    this.#high = high;
    this.#mix(length);
  }

  bytes(data: Uint8Array): void {
    for (const byte of data) this.#mix(byte);
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return [this.#high, this.#low].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  #mix(word: number): void {
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#high = Math.imul(this.#high ^ word, 0x85ebca6b) ^ (this.#high >>> 15);
  }
}
