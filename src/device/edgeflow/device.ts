import type { ProvisionAnswer } from "../../protocol/edgeflow/index.js";
import type { World } from "../../world/world.js";
import type { StopReason } from "../event.js";
import { Ended, StepFailed } from "../failure.js";
import { Host } from "../host.js";
import { edgeflow } from "../persona.js";
import { Enrolment } from "./enrolment.js";
import { Flows } from "./flows.js";
import {
  type ConfigChange,
  type DeviceConfig,
  type DeviceStatus,
  type Steering,
  SteeringRefused,
} from "./local/steering.js";
import { DescribedMachine } from "./machine/described-machine.js";
import type { EdgeFlowOptions } from "./options.js";
import { Order } from "./order.js";
import { Presence } from "./presence.js";
import { checkSecrecy } from "./server-url.js";
import { type DeviceIdentity, type DeviceSettings, nothingToDo, readSettings, withLatestCode } from "./settings.js";
import { type Abilities, stay } from "./stay.js";
import { changed, shownConfig } from "./steered.js";

const starting = "The device is starting";
const underWay = "The device is exchanging a provisioning code";

/**
 * An EdgeFlow device: exchanges a one-time code for credentials, keeps them encrypted, and holds a tunnel to the cloud. May
 * be killed at any moment with its World's process; a new one over the same disk goes on where this one was.
 */
export class EdgeFlowDevice implements Steering {
  readonly #host: Host;
  readonly #abilities: Abilities;
  readonly #started: number;
  #settings: DeviceSettings | undefined;
  #enrolment: Enrolment | undefined;
  #identity: DeviceIdentity | undefined;
  /** It has looked for credentials, and for a code. */
  #knowsItself = false;
  #order: Order | undefined;
  /** Somebody wants it to stay away from the cloud. */
  #isAway = false;
  #isOver = false;
  readonly #presence: Presence;

  constructor(
    world: World,
    private readonly options: EdgeFlowOptions,
  ) {
    this.#presence = new Presence(world.clock);
    this.#host = new Host(world, options.persona ?? edgeflow, (event) => {
      this.#presence.note(event);
      options.onEvent?.(event);
    });
    this.#started = world.clock.monotonic();
    this.#abilities = {
      machine: "machine" in options ? options.machine : new DescribedMachine(options.facts, world.clock),
      flows: options.flows ?? new Flows(),
      onDelta: options.onDelta,
      uptimeSeconds: () => this.#uptime(),
    };
  }

  /**
   * Lives until stopped, or until there is no use in going on. Rejects with a `FirstbootError` for a configuration
   * (FB1005) or a file (FB1002) that a person has to mend.
   */
  async run(): Promise<StopReason> {
    try {
      return await this.#host.live(() => this.#boot());
    } finally {
      this.#isOver = true;
      this.#order?.fail(new Ended({ kind: "stopped" }));
    }
  }

  /** Ends the life in good order; resolves when `run` has. */
  stop(): Promise<void> {
    return this.#host.end();
  }

  status(): DeviceStatus {
    return this.#presence.status(this.#identity?.deviceId, this.#uptime());
  }

  config(): DeviceConfig {
    return shownConfig(this.#settings, this.#identity, this.#presence.isConnected);
  }

  async configure(change: ConfigChange): Promise<void> {
    const isStored = (await this.#enrolment?.isStored()) ?? false;
    const settings = this.#steerable();
    if (this.#isExchanging) throw new SteeringRefused(409, underWay);
    this.#settings = changed(settings, change, { identity: this.#identity, isStored }, this.options.plainHttp);
    this.#identity = this.#settings.identity ?? this.#identity;
    this.#beginAnew();
  }

  async provision(code: string, { replace }: { readonly replace: boolean }): Promise<ProvisionAnswer> {
    const settings = this.#steerable();
    if (!settings.enabled) throw new SteeringRefused(409, "The cloud is switched off: set enabled first");
    if (settings.identity) throw new SteeringRefused(409, "The credentials are set by an administrator");
    if (this.#isExchanging && !replace) throw new SteeringRefused(409, underWay);
    if (!this.#identity && !this.#knowsItself && !this.#isExchanging) throw new SteeringRefused(503, starting);
    if (this.#identity && !replace) throw new SteeringRefused(409, "The device is provisioned already");
    if (this.#enrolment?.hasUsed(code)) throw new SteeringRefused(409, "The device has used this code before");
    this.#order?.fail(new SteeringRefused(409, "Another provisioning code took its place"));
    const order = new Order(code);
    this.#order = order;
    this.#beginAnew();
    return order.answer;
  }

  connect(): boolean {
    const { isConnected, isWaiting } = this.#presence;
    if (isConnected && !this.#isAway) return false;
    // A try that is under way is not begun anew: who asks without end would keep it from its end.
    if (!this.#isExchanging && (this.#isAway || isWaiting)) this.#beginAnew();
    this.#isAway = false;
    return true;
  }

  async disconnect(): Promise<void> {
    this.#isAway = true;
    if (this.#order) this.#order.goesOnline = false;
    if (!this.#isExchanging && !this.#isOver) this.#beginAnew();
    if (!this.#isOver) await this.#presence.parting();
  }

  #beginAnew(): void {
    this.#presence.isWaiting = false;
    this.#host.reboot();
  }

  /** From the wishes of the moment to the next change of them. */
  async #boot(): Promise<void> {
    const settings = this.#settings ?? (await this.#begin());
    const { enabled } = settings;
    if (this.#order) await this.#carryOut(this.#order, settings);
    if (enabled) await this.#findItself(settings);
    const identity = this.#identity;
    const hasNothingToDo = !enabled || !identity;
    if (hasNothingToDo && !this.options.waitsForCode) throw nothingToDo(settings, this.options.envFile);
    if (hasNothingToDo || this.#isAway) await this.#host.until(() => new Promise<never>(() => {}));
    else await this.#stay(settings, identity);
  }

  async #findItself(settings: DeviceSettings): Promise<void> {
    if (this.#identity) return;
    const found = await this.#way.identity(settings);
    this.#identity ??= found;
    this.#knowsItself = true;
  }

  async #begin(): Promise<DeviceSettings> {
    const { envFile, plainHttp } = this.options;
    const settings = await readSettings(this.#host, envFile);
    checkSecrecy(settings, plainHttp, `${envFile}: EDGEFLOW_SAAS_URL`);
    const { without } = settings;
    if (without.length > 0) this.#host.notice(`${without.join(" and ")}: accepted, and without effect here`);
    this.#enrolment = await Enrolment.begin(this.#host, this.#abilities.machine, settings, this.options);
    this.#settings = settings;
    return settings;
  }

  /** Stays with the cloud; an identity that it refuses is replaced, if there is a way. */
  async #stay(settings: DeviceSettings, identity: DeviceIdentity): Promise<void> {
    try {
      await stay(this.#host, settings, identity, this.#abilities);
    } catch (error) {
      if (!(error instanceof Ended) || error.reason.kind !== "refused") throw error;
      const latest = await withLatestCode(this.#host, this.options.envFile, settings);
      this.#identity = await this.#way.afterRefusal(latest, error.reason);
    }
  }

  async #carryOut(order: Order, settings: DeviceSettings): Promise<void> {
    try {
      const given = await this.#way.exchange(settings, order.code);
      this.#identity = Enrolment.identityOf(given);
      if (order.goesOnline) this.#isAway = false;
      order.fulfil(given);
    } catch (error) {
      const why = order.fail(error).message;
      if (error instanceof StepFailed) this.#host.failed(error);
      else if (Order.endsLife(error)) throw error;
      else this.#host.notice(`the provisioning code that was given by hand is of no use: ${why}`);
    } finally {
      if (this.#order === order) this.#order = undefined;
    }
  }

  /** It exchanges a code, or is about to. */
  get #isExchanging(): boolean {
    return this.#order !== undefined || (this.#enrolment?.isExchanging ?? false);
  }

  /** How it comes to its identity: made as its life begins. */
  get #way(): Enrolment {
    if (!this.#enrolment) throw new TypeError("the device has not begun");
    return this.#enrolment;
  }

  /** The settings of a device that may be steered. Throws `SteeringRefused` for one that is not there. */
  #steerable(): DeviceSettings {
    if (this.#settings && !this.#isOver) return this.#settings;
    throw new SteeringRefused(503, this.#isOver ? "The device has stopped" : starting);
  }

  #uptime(): number {
    return Math.floor(this.#host.since(this.#started) / 1_000);
  }
}
