import { join } from "node:path/posix";
import { z } from "zod";
import { FirstbootError } from "../../../error.js";
import type { ProvisionAnswer } from "../../../protocol/edgeflow/index.js";
import type { BoxId } from "../../box.js";
import { jsonOf } from "../../exchange.js";
import { type CopiedFile, keepSafely, readSafely, tendCopy } from "../../good-copy.js";
import type { Host } from "../../host.js";
import { isTorn } from "../../torn.js";
import { needed, SealedWith, type SealingKey, type VaultKey } from "./key-source.js";
import { openValue, sealValue } from "./sealing.js";

/** The file of the credentials. What is not sealed in it is no secret. */
const Sealed = z.object({
  sealed_with: SealedWith,
  /** SHA-256 of the codes that were used, newest first. */
  used_codes: z.array(z.string()),
  device_id: z.string(),
  api_key: z.string(),
  expires_at: z.string().optional(),
});
type Sealed = z.infer<typeof Sealed>;

/** What a vault was found to hold. */
export type Holding =
  | { readonly state: "nothing" }
  | { readonly state: "credentials"; readonly credentials: ProvisionAnswer; readonly usedCodes: readonly string[] }
  /** There were credentials, and no way leads back to them. */
  | { readonly state: "lost"; readonly why: string; readonly usedCodes: readonly string[] };

/** A device's credentials at rest: each value encrypted, under a key that is not in their file (PROTOCOLS C8). */
export class Vault {
  readonly #file: CopiedFile;

  constructor(
    private readonly host: Host,
    directory: string,
    private readonly key: VaultKey,
    private readonly box: BoxId | undefined,
  ) {
    const path = join(directory, "credentials.json");
    this.#file = { path, copy: `${path}.good` };
  }

  /** Throws FB1005 for what a person has to mend, FB1002 for a file that cannot be read. */
  async read(): Promise<Holding> {
    const { path } = this.#file;
    const text = await readSafely(this.host, this.#file);
    if (text === undefined) return { state: "nothing" };
    if (isTorn(text)) return { state: "lost", why: `${path} is torn and has no good copy`, usedCodes: [] };
    const { data: sealed } = Sealed.safeParse(jsonOf(text));
    if (!sealed)
      throw this.#unfit(`${path} does not fit`, "it is not as the device writes it", "put it back as it was");
    const credentials = await this.#open(sealed);
    if (!credentials) {
      return { state: "lost", why: `${path} cannot be opened with ${this.key.name}`, usedCodes: sealed.used_codes };
    }
    if (this.host.persona.storage === "durable") await tendCopy(this.host, this.#file, text, this.box);
    return { state: "credentials", credentials, usedCodes: sealed.used_codes };
  }

  /** Whether there is anything in it, be it of use or not. */
  async isUsed(): Promise<boolean> {
    return (await this.host.world.disk.stat(this.#file.path)) !== undefined;
  }

  /** The key for new credentials: what cannot be written shall not cost a code. Throws FB1002 or FB1005. */
  prepare(): Promise<SealingKey> {
    return this.key.toSeal();
  }

  /** Keeps new credentials; they are as safe as the persona makes them when this resolves. */
  async write(
    { key, sealedWith }: SealingKey,
    { device_id, api_key, expires_at }: ProvisionAnswer,
    usedCodes: readonly string[],
  ): Promise<void> {
    const seal = (value: string): string => sealValue(key, this.host.world.random.bytes(12), value);
    const sealed = {
      sealed_with: sealedWith,
      used_codes: [...usedCodes],
      device_id: seal(device_id),
      api_key: seal(api_key),
      ...(expires_at !== undefined && { expires_at: seal(expires_at) }),
    } satisfies Sealed;
    await keepSafely(this.host, this.#file, `${JSON.stringify(sealed, undefined, 2)}\n`, this.box);
  }

  /** Undefined if the key is gone. Throws FB1005 if another is needed than there is. */
  async #open({ sealed_with, device_id, api_key, expires_at }: Sealed): Promise<ProvisionAnswer | undefined> {
    if (sealed_with.kind !== this.key.kind)
      throw this.#wrongKey(sealed_with, `it was not sealed with ${this.key.name}`);
    const key = await this.key.toOpen(sealed_with);
    const values = [device_id, api_key, expires_at].map((value) => key && value && openValue(key, value));
    const [deviceId, apiKey, expiresAt] = values;
    if (deviceId && apiKey) {
      return { device_id: deviceId, api_key: apiKey, ...(expiresAt !== undefined && { expires_at: expiresAt }) };
    }
    if (!this.key.isOnly) throw this.#wrongKey(sealed_with, `${this.key.name} is not the one that sealed it`);
    return undefined;
  }

  #wrongKey({ kind }: SealedWith, why: string): FirstbootError {
    return this.#unfit(`${this.#file.path} cannot be opened`, why, `give the device ${needed[kind]}`);
  }

  #unfit(what: string, why: string, fix: string): FirstbootError {
    return new FirstbootError("FB1005", {
      what,
      why,
      fix: `${fix}, or remove the file and put a new provisioning code into the .env file`,
    });
  }
}
