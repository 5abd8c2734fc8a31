import { join } from "node:path/posix";
import type { Host } from "../../host.js";
import { KeyFile } from "./key-file.js";
import type { KeySource, VaultKey } from "./key-source.js";
import { Passphrase } from "./passphrase.js";
import { SystemCredential } from "./system-credential.js";

const usualCredential = "firstboot-key";

export interface KeyPlace {
  readonly stateDirectory: string;
  /** Of the environment or the `.env` file. */
  readonly passphrase: string | undefined;
  /** What the environment has, if absent: a passphrase, else a system credential, else a key file. */
  readonly source: KeySource | undefined;
}

/** Finds the source of a device's key. */
export async function vaultKey(host: Host, place: KeyPlace): Promise<VaultKey> {
  const source = place.source ?? (await usualSource(host, place));
  switch (source.kind) {
    case "passphrase":
      return new Passphrase(host, place.passphrase);
    case "system credential":
      return new SystemCredential(host, source.name ?? usualCredential);
    case "key file": {
      const own = join(place.stateDirectory, "credentials.key");
      return new KeyFile(host, source.path ?? own, source.path === undefined || source.path === own);
    }
  }
}

async function usualSource(host: Host, { passphrase }: KeyPlace): Promise<KeySource> {
  if (passphrase !== undefined) return { kind: "passphrase" };
  return (await SystemCredential.isGiven(host, usualCredential)) ? { kind: "system credential" } : { kind: "key file" };
}
