import { dirname } from "node:path/posix";
import { FirstbootError } from "../../../error.js";
import { attemptOnly, prepare, readText } from "../../files.js";
import type { Host } from "../../host.js";
import type { SealingKey, VaultKey } from "./key-source.js";

const whole = /^[0-9a-f]{64}$/;
/** What a power loss may leave of a key: nothing, a part, or zeroes. */
const torn = /^[0-9a-f\0]*$/;

/** A random key in a file. */
export class KeyFile implements VaultKey {
  readonly kind = "key file";
  readonly name: string;

  constructor(
    private readonly host: Host,
    private readonly path: string,
    /** It is the device's own, in its state directory; another may lie on a medium that is not there now. */
    readonly isOnly: boolean,
  ) {
    this.name = `the key in ${path}`;
  }

  async toOpen(): Promise<Buffer | undefined> {
    const key = await this.#read();
    if (key !== undefined || this.isOnly) return key;
    throw new FirstbootError("FB1005", {
      what: `there is no key in ${this.path}`,
      why: "the device's credentials are sealed with it",
      fix: "put the file back, or the medium that it is on",
    });
  }

  async toSeal(): Promise<SealingKey> {
    const kept = await this.#read();
    const key = kept ?? this.host.world.random.bytes(32);
    if (kept) {
      // An earlier life may have died before the file's name was safe.
      await attemptOnly(this.host, () => this.host.world.disk.fsyncDirectory(dirname(this.path)));
    } else {
      await prepare(this.host, this.path, `${key.toString("hex")}\n`);
    }
    return { key, sealedWith: { kind: this.kind } };
  }

  /** The key; undefined if there is none, or what is left of a torn one. What is none at all is not written over. */
  async #read(): Promise<Buffer | undefined> {
    const text = (await readText(this.host, this.path))?.trim() ?? "";
    if (whole.test(text)) return Buffer.from(text, "hex");
    if (text === "" || (this.isOnly && text.length <= 64 && torn.test(text))) return undefined;
    throw new FirstbootError("FB1005", {
      what: `${this.path} holds no key`,
      why: "a key is 64 hexadecimal digits on one line",
      fix: "name another file, which is made if it is missing, or remove this one",
    });
  }
}
