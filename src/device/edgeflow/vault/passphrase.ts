import { pbkdf2Sync } from "node:crypto";
import { FirstbootError } from "../../../error.js";
import type { Host } from "../../host.js";
import type { SealedWith, SealingKey, VaultKey } from "./key-source.js";

/** Of PBKDF2-HMAC-SHA256, as OWASP recommends; what a file says is honoured, so that it may grow. */
const iterations = 600_000;
const saltBytes = 16;

/** A key made of a passphrase and a salt that is kept beside what it seals (PROTOCOLS C8). */
export class Passphrase implements VaultKey {
  readonly kind = "passphrase";
  readonly name = "the passphrase in EDGEFLOW_ENCRYPTION_PASSWORD";
  readonly isOnly = false;
  /** The key that was made last: it takes a while. */
  #made: SealingKey | undefined;

  constructor(
    private readonly host: Host,
    private readonly passphrase: string | undefined,
  ) {}

  async toOpen(sealedWith: SealedWith): Promise<Buffer | undefined> {
    return this.#make(sealedWith).key;
  }

  async toSeal(): Promise<SealingKey> {
    const salt = (): string => this.host.world.random.bytes(saltBytes).toString("hex");
    return this.#made ?? this.#make({ kind: this.kind, salt: salt(), iterations });
  }

  #make(sealedWith: SealedWith): SealingKey {
    if (this.passphrase === undefined) {
      throw new FirstbootError("FB1005", {
        what: "there is no passphrase for the device's credentials",
        fix: "set EDGEFLOW_ENCRYPTION_PASSWORD",
      });
    }
    if (sealedWith.kind !== "passphrase") throw new TypeError("sealed with something else");
    const { salt, iterations } = sealedWith;
    const key = pbkdf2Sync(this.passphrase, Buffer.from(salt, "hex"), iterations, 32, "sha256");
    this.#made = { key, sealedWith };
    return this.#made;
  }
}
