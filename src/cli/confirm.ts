import type { Option } from "commander";
import { FirstbootError } from "../error.js";
import { flag } from "./flags.js";

export interface ConfirmFlags {
  readonly yes?: boolean;
}

export function confirmOption(): Option {
  return flag("--yes", "needed where a person types; scripts do without");
}

/**
 * Lets a deletion pass: always where no person types, with `--yes` at a terminal. Throws FB1001.
 *
 * @param loss What is deleted.
 */
export function confirm({ yes }: ConfirmFlags, loss: string, terminal = process.stdin.isTTY): void {
  if (yes || !terminal) return;
  throw new FirstbootError("FB1001", {
    what: `this would delete ${loss} for good`,
    why: "at a terminal a deletion wants to be confirmed",
    fix: "give --yes",
  });
}
