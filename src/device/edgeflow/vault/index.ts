export type { KeySource } from "./key-source.js";
export { vaultKey } from "./open-key.js";
export { hashOfCode, withUsed } from "./used-codes.js";
export * from "./vault.js";
