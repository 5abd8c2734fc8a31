import { hkdfSync } from "node:crypto";
import { join } from "node:path/posix";
import { FirstbootError, reasonOf, systemCode } from "../../../error.js";
import type { Host } from "../../host.js";
import type { SealingKey, VaultKey } from "./key-source.js";

const leastBytes = 32;
const purpose = "firstboot device credentials";

/** A secret that systemd hands to the service (`LoadCredential=`, `LoadCredentialEncrypted=`). */
export class SystemCredential implements VaultKey {
  readonly kind = "system credential";
  readonly name: string;
  readonly isOnly = false;

  constructor(
    private readonly host: Host,
    private readonly credential: string,
  ) {
    this.name = `the system credential ${credential}`;
  }

  /** Whether there is one. */
  static async isGiven({ world }: Host, credential: string): Promise<boolean> {
    const directory = world.env.CREDENTIALS_DIRECTORY;
    return directory !== undefined && (await world.disk.stat(join(directory, credential))) !== undefined;
  }

  async toOpen(): Promise<Buffer> {
    const secret = await this.#read();
    if (secret !== undefined && secret.length >= leastBytes) {
      return Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
    }
    throw new FirstbootError("FB1005", {
      what: `${this.name} ${secret === undefined ? "is not there" : `is shorter than ${leastBytes} bytes`}`,
      why: "the device's credentials are sealed with it",
      fix: `give the service one: LoadCredentialEncrypted=${this.credential}`,
    });
  }

  async toSeal(): Promise<SealingKey> {
    return { key: await this.toOpen(), sealedWith: { kind: this.kind } };
  }

  async #read(): Promise<Buffer | undefined> {
    const directory = this.host.world.env.CREDENTIALS_DIRECTORY;
    if (directory === undefined) return undefined;
    const path = join(directory, this.credential);
    try {
      return await this.host.world.disk.read(path);
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      throw new FirstbootError("FB1002", {
        what: `cannot read ${path}`,
        why: reasonOf(error),
        fix: "the device needs to read this system credential",
        cause: error,
      });
    }
  }
}
