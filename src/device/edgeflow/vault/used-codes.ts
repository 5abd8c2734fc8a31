import { createHash } from "node:crypto";
import { normalCode } from "../../../provisioning/credentials.js";

/** How many codes a device remembers to have used. */
const remembered = 16;

/** A used code: worthless, but not in clear. */
export function hashOfCode(code: string): string {
  return createHash("sha256").update(normalCode(code)).digest("hex");
}

/** The used codes with one more, newest first. */
export function withUsed(used: readonly string[], code: string): string[] {
  const hash = hashOfCode(code);
  return [hash, ...used.filter((other) => other !== hash)].slice(0, remembered);
}
