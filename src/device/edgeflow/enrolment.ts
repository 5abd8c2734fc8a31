import { basename, dirname, join } from "node:path/posix";
import type { ProvisionAnswer } from "../../protocol/edgeflow/index.js";
import type { StopReason } from "../event.js";
import { Ended, tidy } from "../failure.js";
import { attemptOnly, prepareDirectory, removeDurably } from "../files.js";
import type { Host } from "../host.js";
import { dropLeftNonce, nonceHeaders } from "../nonce.js";
import { exchange } from "./cloud.js";
import { sortedFacts } from "./facts.js";
import { toldFacts } from "./facts-as-shipped.js";
import type { Machine } from "./machine.js";
import type { EdgeFlowOptions } from "./options.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";
import { hashOfCode, Vault, vaultKey, withUsed } from "./vault/index.js";

type Refusal = StopReason & { readonly kind: "refused" };

/** How a step is tried: once, or again and again. */
type Attempts = <T>(step: () => Promise<T>) => Promise<T>;

/** Where a device's identity comes from and is kept. */
export type EnrolmentPlace = Pick<EdgeFlowOptions, "envFile" | "stateDirectory" | "box" | "key">;

/** How a device comes to its identity, and to a new one when it has lost the old. */
export class Enrolment {
  readonly #nonceFile: string;
  #usedCodes: readonly string[] = [];
  #isExchanging = false;

  private constructor(
    private readonly host: Host,
    private readonly machine: Machine,
    private readonly place: EnrolmentPlace,
    /** Undefined for a persona that keeps nothing. */
    private readonly vault: Vault | undefined,
  ) {
    this.#nonceFile = join(place.stateDirectory, "nonce");
  }

  /** Finds what credentials are sealed with, for a persona that keeps any. */
  static async begin(
    host: Host,
    machine: Machine,
    { passphrase }: DeviceSettings,
    place: EnrolmentPlace,
  ): Promise<Enrolment> {
    const { stateDirectory, box, key: source } = place;
    if (host.persona.storage === "memory") return new Enrolment(host, machine, place, undefined);
    const key = await vaultKey(host, { stateDirectory, passphrase, source });
    return new Enrolment(host, machine, place, new Vault(host, stateDirectory, key, box));
  }

  static identityOf({ device_id, api_key }: ProvisionAnswer): DeviceIdentity {
    return { deviceId: device_id, apiKey: api_key };
  }

  /**
   * The administrator's identity, else the stored one, else a new one for the code of the settings; undefined if there is
   * none of these. What is stored and lost, or past its end, is replaced if there is a code that was not used. Throws
   * FB1005 or FB1002, `Ended` when refused for good or lost for good.
   */
  async identity(settings: DeviceSettings): Promise<DeviceIdentity | undefined> {
    if (settings.identity) return settings.identity;
    const holding = (await this.vault?.read()) ?? { state: "nothing" };
    if (holding.state === "nothing")
      return settings.code === undefined ? undefined : this.#enrol(settings, settings.code);

    this.#usedCodes = holding.usedCodes;
    const code = this.#freshCode(settings);
    if (holding.state === "lost") {
      if (code === undefined) throw this.#lost(holding.why);
      return this.#replace(settings, code, holding.why);
    }
    const { expires_at } = holding.credentials;
    if (code !== undefined && this.#isPast(expires_at)) {
      return this.#replace(settings, code, `the credentials have ended (${tidy(expires_at ?? "")})`);
    }
    // An earlier life may have died while it exchanged a code that is not noted as used: its nonce gets the answer again.
    if (this.host.persona.nonce) {
      await attemptOnly(this.host, () =>
        dropLeftNonce(this.host, this.#nonceFile, (hash) => this.#usedCodes.includes(hash)),
      );
    }
    return Enrolment.identityOf(holding.credentials);
  }

  /** Whether there are credentials at rest. */
  async isStored(): Promise<boolean> {
    return (await this.vault?.isUsed()) ?? false;
  }

  /** Whether this device has got its credentials, or earlier ones, for a code. */
  hasUsed(code: string): boolean {
    return this.#usedCodes.includes(hashOfCode(code));
  }

  /** A new identity after the cloud has refused the stored one. Throws the refusal, with what to do, where there is no way. */
  async afterRefusal(settings: DeviceSettings, reason: Refusal): Promise<DeviceIdentity> {
    if (settings.identity) throw new Ended({ ...reason, fix: this.#advice("EDGEFLOW_DEVICE_ID and EDGEFLOW_API_KEY") });
    const code = this.vault && this.#freshCode(settings);
    if (code === undefined) throw new Ended({ ...reason, fix: this.#advice("a new EDGEFLOW_PROVISIONING_CODE") });
    return this.#replace(settings, code, `the cloud refuses the credentials (${reason.reason})`);
  }

  /** An exchange is under way, or its credentials are not safe yet. */
  get isExchanging(): boolean {
    return this.#isExchanging;
  }

  /** Exchanges a code for credentials and keeps them, as the persona does. Throws FB1005, FB1002, `StepFailed` or `Ended`. */
  async exchange(
    settings: DeviceSettings,
    code: string,
    attempts: Attempts = (step) => step(),
  ): Promise<ProvisionAnswer> {
    this.#isExchanging = true;
    try {
      return await this.#exchange(settings, code, attempts);
    } finally {
      this.#isExchanging = false;
    }
  }

  async #exchange(settings: DeviceSettings, code: string, attempts: Attempts): Promise<ProvisionAnswer> {
    const { host, place, vault } = this;
    const { persona } = host;
    const sealing = vault && (await this.#prepare(vault));
    const nonce = await nonceHeaders(host, this.#nonceFile, place.box, hashOfCode(code));
    const facts = toldFacts(persona.device, await this.machine.facts());
    const given = await attempts(() =>
      exchange(host, settings, { provisioning_code: code, ...sortedFacts(facts) }, nonce),
    );
    this.#usedCodes = withUsed(this.#usedCodes, code);
    if (sealing) await vault?.write(sealing, given, this.#usedCodes);
    if (persona.nonce) await attemptOnly(host, () => removeDurably(host, this.#nonceFile));
    return given;
  }

  async #prepare(vault: Vault) {
    await prepareDirectory(this.host, this.place.stateDirectory);
    return vault.prepare();
  }

  async #enrol(settings: DeviceSettings, code: string): Promise<DeviceIdentity> {
    const { host } = this;
    return Enrolment.identityOf(
      await this.exchange(settings, code, (step) => host.persistently(host.persona.exchangeRetry, step)),
    );
  }

  #replace(settings: DeviceSettings, code: string, why: string): Promise<DeviceIdentity> {
    this.host.notice(`${why}: the device takes a new identity with the new provisioning code`);
    return this.#enrol(settings, code);
  }

  /** The code of the settings, if it was not used before. */
  #freshCode({ code }: DeviceSettings): string | undefined {
    return code !== undefined && !this.hasUsed(code) ? code : undefined;
  }

  /** By a clock that may be wrong: one that is behind knows of no end, and without a new code the cloud decides. */
  #isPast(end: string | undefined): boolean {
    return end !== undefined && Date.parse(end) <= this.host.world.clock.now();
  }

  #lost(reason: string): Ended {
    return new Ended({
      kind: "refused",
      step: "persist",
      reason,
      fix: this.#advice("a new EDGEFLOW_PROVISIONING_CODE"),
    });
  }

  /** A credential of a service is a copy, made as it started: what a person can change is the file behind it. */
  #advice(what: string): string {
    const { envFile } = this.place;
    const copies = this.host.world.env.CREDENTIALS_DIRECTORY;
    const isCopy = copies !== undefined && copies === dirname(envFile);
    return isCopy
      ? `put ${what} into the file that LoadCredential=${basename(envFile)} names, and start the service again`
      : `put ${what} into ${envFile}`;
  }
}
