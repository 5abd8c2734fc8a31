import { reasonOf } from "../../../error.js";
import { decodeFrame, type Frame } from "../../../protocol/edgeflow/frame.js";
import type { Channel, ChannelListener, Message } from "../../../world/network.js";
import { isTooDeep } from "../../json-depth.js";
import type { Services } from "../../services.js";
import { CommandQueue } from "./command-queue.js";
import type { DeviceConnection } from "./connection.js";
import { Expiry, expiredText } from "./expiry.js";
import { deviceHandlers } from "./handlers.js";

/** A tunnel that has not said who it is by then is dropped by the next sweep, milliseconds (PROTOCOLS C3). */
const introductionLimit = 10_000;

/** Why a tunnel is closed (RFC 6455, and the registry of close codes): for good, or for now. */
const closeCodes = { refused: 1008, tryAgainLater: 1013 } as const;

/** Answers to credentials that do not let in. */
const refusals = { unknown: "invalid credentials", expired: expiredText } as const;

/** One EdgeFlow device's tunnel. */
export class DeviceSession implements ChannelListener, DeviceConnection {
  readonly commands: CommandQueue;
  readonly openedAt: number;
  heardAt: number;
  /** Set once its `connect` has been accepted. */
  #deviceId: string | undefined;
  /** Set if its credentials have an end. */
  #expiry: Expiry | undefined;
  #introduced = false;
  #gone = false;

  constructor(
    readonly services: Services,
    readonly channel: Channel,
  ) {
    this.openedAt = this.heardAt = services.world.clock.monotonic();
    this.commands = new CommandQueue(services.world, (frame) => this.send(frame));
  }

  start(): void {
    this.services.strangers.add(this);
    this.channel.listen(this);
  }

  send(frame: Frame): void {
    this.channel.send(JSON.stringify(frame));
  }

  message(message: Message): void {
    this.#hear();
    const frame = typeof message === "string" && !isTooDeep(message) ? decodeFrame(message) : undefined;
    if (this.#gone) return;
    if (this.#deviceId !== undefined) {
      if (frame) deviceHandlers.get(frame.type)?.(this, frame);
    } else if (!this.#introduced) {
      this.#introduced = true;
      this.#introduce(frame).catch((error: unknown) => {
        this.services.world.log.error("connect failed", { reason: reasonOf(error) });
        this.#reject("try again later", closeCodes.tryAgainLater);
      });
    }
  }

  ping(): void {
    this.#hear();
  }

  pong(): void {
    this.#hear();
  }

  close(): void {
    this.#leave();
  }

  probe(): void {
    this.channel.ping();
  }

  terminate(): void {
    this.channel.terminate();
  }

  end(code: number, reason: string): void {
    this.#leave();
    this.channel.close(code, reason);
  }

  isOverdue(now: number): boolean {
    return now - this.openedAt >= introductionLimit;
  }

  async #introduce(frame: Frame | undefined): Promise<void> {
    const { devices, store, strangers } = this.services;
    if (frame?.type !== "connect" || !frame.device_id || !frame.api_key) return this.#reject("connect frame expected");
    const answer = await store.devices.connect(frame.device_id, frame.api_key);
    if (answer.verdict !== "valid") return this.#reject(refusals[answer.verdict]);
    if (this.#gone) return;
    this.#deviceId = frame.device_id;
    strangers.delete(this);
    devices.enter(frame.device_id, this);
    const warning = this.#watch(frame.device_id, answer.expiresAt);
    if (!this.#gone) this.send({ type: "connected", ...(warning !== undefined && { expires_at: warning }) });
  }

  /** Ends the tunnel when the device's credentials end; tells when, if that is soon. */
  #watch(deviceId: string, expiresAt: number | null): string | undefined {
    if (expiresAt === null) return undefined;
    this.#expiry = new Expiry(this.services.world, deviceId, expiresAt, () => this.#reject(expiredText));
    return this.#expiry.warning;
  }

  #reject(error: string, code: number = closeCodes.refused): void {
    this.send({ type: "error", error });
    this.end(code, error);
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.commands.end();
    this.#expiry?.cancel();
    const { devices, store, strangers, world } = this.services;
    strangers.delete(this);
    const deviceId = this.#deviceId;
    if (deviceId === undefined || !devices.leave(deviceId, this)) return;
    store.devices.seen(deviceId, world.clock.now()).catch((error: unknown) => {
      world.log.warn("last seen not stored", { deviceId, reason: reasonOf(error) });
    });
  }

  #hear(): void {
    this.heardAt = this.services.world.clock.monotonic();
  }
}
