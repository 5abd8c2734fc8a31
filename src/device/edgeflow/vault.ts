import { createCipheriv, createDecipheriv } from "node:crypto";
import { join } from "node:path/posix";
import { z } from "zod";
import { FirstbootError } from "../../error.js";
import type { ProvisionAnswer } from "../../protocol/edgeflow/index.js";
import { jsonOf } from "../exchange.js";
import { keep, prepare, readText } from "../files.js";
import type { Host } from "../host.js";

const Sealed = z.object({ device_id: z.string(), api_key: z.string(), expires_at: z.string().optional() });

/** base64( 12 bytes of nonce ‖ AES-256-GCM ciphertext ‖ 16 bytes of tag ), no associated data (PROTOCOLS C8). */
export function sealValue(key: Buffer, nonce: Buffer, value: string): string {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Opens what `sealValue` made with the same key; throws otherwise. */
export function openValue(key: Buffer, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString("utf8");
}

/** A device's credentials at rest: each value encrypted, under a random key of this device in a file of its own. */
export class Vault {
  readonly #credentials: string;
  readonly #key: string;

  constructor(
    private readonly host: Host,
    directory: string,
  ) {
    this.#credentials = join(directory, "credentials.json");
    this.#key = join(directory, "credentials.key");
  }

  /** The credentials, if there are any. Throws FB1005 when they cannot be opened. */
  async read(): Promise<ProvisionAnswer | undefined> {
    const source = await readText(this.host, this.#credentials);
    if (source === undefined) return undefined;
    try {
      const key = Buffer.from((await readText(this.host, this.#key)) ?? "", "hex");
      const { device_id, api_key, expires_at } = Sealed.parse(jsonOf(source));
      return {
        device_id: openValue(key, device_id),
        api_key: openValue(key, api_key),
        ...(expires_at !== undefined && { expires_at: openValue(key, expires_at) }),
      };
    } catch (error) {
      if (error instanceof FirstbootError) throw error;
      throw new FirstbootError("FB1005", {
        what: `${this.#credentials} cannot be opened with ${this.#key}`,
        why: "one of them is damaged or from another device",
        fix: "remove both and put a new provisioning code into the .env file",
      });
    }
  }

  /** Makes the device's key, if it has none: what cannot be written shall not cost a code. Throws FB1002. */
  async prepare(): Promise<void> {
    const kept = (await readText(this.host, this.#key)) ?? "";
    const usable = /^[0-9a-f]{64}\s*$/.test(kept);
    await prepare(this.host, this.#key, usable ? kept : `${this.host.world.random.bytes(32).toString("hex")}\n`);
  }

  /** Keeps new credentials; they are safe when this resolves. */
  async write({ device_id, api_key, expires_at }: ProvisionAnswer): Promise<void> {
    const key = Buffer.from((await readText(this.host, this.#key)) ?? "", "hex");
    const seal = (value: string): string => sealValue(key, this.host.world.random.bytes(12), value);
    const sealed = {
      device_id: seal(device_id),
      api_key: seal(api_key),
      ...(expires_at !== undefined && { expires_at: seal(expires_at) }),
    };
    await keep(this.host, this.#credentials, `${JSON.stringify(sealed, undefined, 2)}\n`);
  }
}
