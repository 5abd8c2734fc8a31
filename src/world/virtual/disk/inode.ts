import { below, type Random } from "../../random.js";

const nothing = Buffer.alloc(0);
/** Unsafe versions that are remembered, beside the safe one and the current one. */
const remembered = 3;

/** A file without its name: what it holds now, and what it may turn out to hold after a power loss. */
export class Inode {
  #data: Buffer = nothing;
  /** Contents before the current one, the safe one first; undefined when the current one is safe. */
  #older: Buffer[] | undefined;

  constructor(readonly mode: number) {}

  get data(): Buffer {
    return this.#data;
  }

  get size(): number {
    return this.#data.length;
  }

  /** Truncates the file and writes anew. Not safe before `sync`. */
  write(data: Buffer): void {
    this.#older ??= [];
    this.#older.push(this.#data);
    if (this.#older.length > 1 + remembered) this.#older.splice(1, 1);
    this.#data = data;
  }

  sync(): void {
    this.#older = undefined;
  }

  /** Comes to hold what was safe, or any later version, whole or torn. */
  crash(random: Random): void {
    const older = this.#older;
    if (!older) return;
    const survivor = below(random, older.length + 1);
    const data = older[survivor] ?? this.#data;
    this.#data = survivor === 0 ? data : torn(data, random);
    this.#older = undefined;
  }
}

/** What a power loss may leave of a write: all, a part, all the length but zeros from some place on, or nothing. */
function torn(data: Buffer, random: Random): Buffer {
  const shape = below(random, 4);
  if (shape === 0) return data;
  if (shape === 1) return nothing;
  const part = data.subarray(0, below(random, data.length + 1));
  return shape === 2 ? part : Buffer.concat([part], data.length);
}
