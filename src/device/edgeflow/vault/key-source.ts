import { z } from "zod";

/** Where the key comes from that seals a device's credentials at rest. Never from the file that it seals. */
export type KeySource =
  /** A random key in a file of its own, 0600, made if it is missing: `credentials.key` of the state directory, or another. */
  | { readonly kind: "key file"; readonly path?: string }
  /** `EDGEFLOW_ENCRYPTION_PASSWORD`, else `ENCRYPTION_PASSWORD`, of the environment. */
  | { readonly kind: "passphrase" }
  /** A file of 32 bytes or more below `$CREDENTIALS_DIRECTORY`, where systemd puts what it has unsealed: `firstboot-key`, or another. */
  | { readonly kind: "system credential"; readonly name?: string };

/** How credentials were sealed, as their file says. */
export const SealedWith = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("key file") }),
  z.object({
    kind: z.literal("passphrase"),
    salt: z.string().regex(/^([0-9a-f]{2}){16,64}$/),
    iterations: z.number().int().min(1).max(10_000_000),
  }),
  z.object({ kind: z.literal("system credential") }),
]);
export type SealedWith = z.infer<typeof SealedWith>;

/** What is needed to open credentials that were sealed so. */
export const needed: Readonly<Record<SealedWith["kind"], string>> = {
  "key file": "its key file, and no passphrase or system credential",
  passphrase: "the passphrase in EDGEFLOW_ENCRYPTION_PASSWORD",
  "system credential": "the system credential that sealed it",
};

/** A key to seal with, and what the file is to say of it. */
export interface SealingKey {
  readonly key: Buffer;
  readonly sealedWith: SealedWith;
}

/** A source that is at hand. */
export interface VaultKey {
  readonly kind: SealedWith["kind"];
  /** What it is called, for people. */
  readonly name: string;
  /** Whether a key that does not open means that the right one is gone, and not that a person has given another. */
  readonly isOnly: boolean;
  /** The key to open with; undefined if it is gone for good. Throws FB1005 or FB1002. */
  toOpen(sealedWith: SealedWith): Promise<Buffer | undefined>;
  /** The key to seal with, safe where it is when this resolves. Throws FB1005 or FB1002. */
  toSeal(): Promise<SealingKey>;
}
