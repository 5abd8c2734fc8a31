import { randomFillSync } from "node:crypto";
import type { Random } from "../random.js";

/** Drawn from the system in one call and handed out piece by piece: small draws are the usual ones. */
const pool = Buffer.alloc(8192);
let next = pool.length;

function bytes(length: number): Buffer {
  if (length > pool.length) return randomFillSync(Buffer.alloc(length));
  if (next + length > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const drawn = Buffer.from(pool.subarray(next, next + length));
  // What was handed out once is not kept.
  pool.fill(0, next, next + length);
  next += length;
  return drawn;
}

/** The system's entropy. */
export const systemRandom: Random = {
  bytes,
  uint32: () => bytes(4).readUInt32LE(0),
  float: () => bytes(4).readUInt32LE(0) / 2 ** 32,
  fork: () => systemRandom,
};
