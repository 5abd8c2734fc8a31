import type { Random } from "./random.js";

/** The header that names a request and its answer. */
export const requestIdHeader = "x-request-id";

const wellFormed = /^[A-Za-z0-9._-]{1,64}$/;
const newBytes = 8;

/** The id that a request came with, or a new one if it came with none that fits. */
export function requestId(random: Random, given: string | null | undefined): string {
  return given && wellFormed.test(given) ? given : random.bytes(newBytes).toString("hex");
}
