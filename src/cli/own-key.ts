import type { Option } from "commander";
import { FirstbootError } from "../error.js";
import { KeyCreate } from "../protocol/integration/schema.js";
import { flag, valued } from "./flags.js";
import { text } from "./kinds.js";
import { readText } from "./settings.js";
import { readStdin } from "./stdin.js";

/** Where a key that its owner has made comes from: never an argument, which every process on the machine can read. */
export interface OwnKeyFlags {
  readonly keyStdin?: boolean;
  readonly keyFile?: string;
}

export function ownKeyOptions(): Option[] {
  return [
    valued("--key-file <file>", "file with a key that you have made, spk-<15>.<40>", text),
    flag("--key-stdin", "the same on standard input").conflicts("keyFile"),
  ];
}

/** The key that the flags name, or undefined. Throws FB1001 if it is none, and does not repeat it. */
export async function ownKey({ keyStdin, keyFile }: OwnKeyFlags): Promise<string | undefined> {
  if (keyStdin !== true && keyFile === undefined) return undefined;
  const key = (keyFile === undefined ? await readStdin() : readText(keyFile)).trim();
  if (KeyCreate.shape.siteProvisioningKey.safeParse(key).success) return key;
  throw new FirstbootError("FB1001", {
    what: `${keyFile ?? "standard input"} does not hold a provisioning key`,
    why: "a key is spk- and 15 of a-z and 0-9, a dot, and 40 of a-z and 2-7",
    fix: "give one key on one line, or let the server make it",
  });
}
