import { reasonOf } from "../../../error.js";
import { closeCodes, comeBackReason } from "../../../protocol/come-back.js";
import type { Frame } from "../../../protocol/edgeflow/frame.js";
import type { Channel, ChannelListener, Message } from "../../../world/network.js";
import type { Services } from "../../services.js";
import { Allowance, weightOf } from "../allowance.js";
import { reportClonedDevice } from "../cloned.js";
import { replacedCode } from "../presence.js";
import { CommandQueue } from "./command-queue.js";
import type { DeviceConnection } from "./connection.js";
import { Expiry, expiredText } from "./expiry.js";
import { deviceHandlers } from "./handlers.js";
import { type DeviceIdentity, introduce, secondThought } from "./introduction.js";
import { readFrame } from "./read-frame.js";

/** A tunnel that has not said who it is by then is dropped by the next sweep, milliseconds (PROTOCOLS C3). */
const introductionLimit = 10_000;

/** Close code of a tunnel whose device is not let in, or behaves badly (RFC 6455). */
const refusedCode = 1008;

/** What a device is told that may come in another time. */
const laterText = "try again later";

/** How far a tunnel has come: nothing said, `connect` under examination, welcomed, over. */
type State = "new" | "asking" | "connected" | "gone";

/** One EdgeFlow device's tunnel. */
export class DeviceSession implements ChannelListener, DeviceConnection {
  readonly commands: CommandQueue;
  readonly openedAt: number;
  heardAt: number;
  /** Its own until it has said who it is. */
  #allowance: Allowance;
  #state: State = "new";
  /** Set once its `connect` has been accepted. */
  #identity: DeviceIdentity | undefined;
  /** Set if its credentials have an end. */
  #expiry: Expiry | undefined;
  /** Where the tunnel is that has taken this one's place. */
  #replacedFrom: string | undefined;

  constructor(
    readonly services: Services,
    readonly channel: Channel,
    readonly address: string,
  ) {
    this.openedAt = this.heardAt = services.world.clock.monotonic();
    this.#allowance = new Allowance(this.openedAt);
    this.commands = new CommandQueue(services.world, this);
  }

  start(): void {
    this.services.strangers.add(this);
    this.channel.listen(this);
  }

  send(frame: Frame): void {
    this.channel.send(JSON.stringify(frame));
  }

  complain(error: string): void {
    this.send({ type: "error", error });
  }

  reject(error: string): void {
    this.complain(error);
    this.end(refusedCode, error);
  }

  message(message: Message): void {
    this.#hear();
    if (this.#state === "gone") return;
    const cost = this.#take(message);
    // What was asked for costs nothing, however long it is.
    const total = cost === 0 ? 0 : cost + weightOf(message);
    if (!this.#allowance.spend(total, this.heardAt)) this.reject("too many frames");
  }

  ping(): void {
    this.#hear();
  }

  pong(): void {
    this.#hear();
  }

  close(code: number): void {
    this.#leave(code);
    // A tunnel whose other end was gone ends with 1006.
    if (code !== replacedCode || !this.#identity || this.#replacedFrom === undefined) return;
    reportClonedDevice(this.services, { ...this.#identity, addresses: [this.address, this.#replacedFrom] });
  }

  probe(): void {
    this.channel.ping();
  }

  terminate(): void {
    this.channel.terminate();
  }

  end(code: number, reason: string): void {
    if (code === replacedCode && this.#identity) {
      this.#replacedFrom = this.services.devices.get(this.#identity.deviceId)?.address;
    }
    this.#leave(code);
    this.channel.close(code, reason);
  }

  isOverdue(now: number): boolean {
    return now - this.openedAt >= introductionLimit;
  }

  /** Acts on what came; gives what that costs of the device's allowance. */
  #take(message: Message): number {
    // Until the answer to its `connect` a device has nothing to say.
    if (this.#state === "asking") return 1;
    const received = readFrame(message);
    this.services.metrics.deviceFrames.add(received.type);
    if (this.#state === "new") {
      if (received.type === "connect") this.#introduce(received.frame);
      else this.reject("connect frame expected");
      return 0;
    }
    if ("fault" in received) {
      this.complain(received.fault);
      return 1;
    }
    return deviceHandlers[received.type]?.(this, received.frame) ?? 1;
  }

  #introduce(frame: Frame): void {
    this.#state = "asking";
    this.#welcome(frame).catch((error: unknown) => {
      this.services.world.log.error("connect failed", { reason: reasonOf(error) });
      this.#putOff(1_000);
    });
  }

  async #welcome(frame: Frame): Promise<void> {
    const { devices, metrics, strangers, world } = this.services;
    const identity = await introduce(this.services, frame);
    if (this.#isGone()) return;
    if (typeof identity === "string") return this.reject(identity);
    const { deviceId, expiresAt } = identity;
    const waitMs = devices.waitMs(deviceId, this.address);
    if (waitMs > 0) return this.#putOff(waitMs);
    this.#identity = identity;
    this.#allowance = this.services.allowances.of(deviceId, this.heardAt);
    strangers.delete(this);
    devices.enter(deviceId, this);
    const refusal = await secondThought(this.services, frame);
    if (this.#isGone()) return;
    if (refusal !== undefined) return this.reject(refusal);
    this.#state = "connected";
    metrics.channelsOpened.add("edgeflow");
    world.log.info("device connected", { deviceId, address: this.address });
    const warning = this.#watch(deviceId, expiresAt);
    if (this.#isGone()) return;
    this.send({ type: "connected", ...(warning !== undefined && { expires_at: warning }) });
    this.commands.begin();
  }

  /** Ends the tunnel when the device's credentials end; tells when, if that is soon. */
  #watch(deviceId: string, expiresAt: number | null): string | undefined {
    if (expiresAt === null) return undefined;
    this.#expiry = new Expiry(this.services.world, deviceId, expiresAt, () => this.reject(expiredText));
    return this.#expiry.warning;
  }

  /** Sends the device away for a while. */
  #putOff(ms: number): void {
    this.complain(laterText);
    this.end(closeCodes.tryAgainLater, comeBackReason(laterText, Math.ceil(ms / 1_000)));
  }

  /** What other tunnels and decisions do to this one while it waits. */
  #isGone(): boolean {
    return this.#state === "gone";
  }

  #leave(code: number): void {
    if (this.#state === "gone") return;
    const wasConnected = this.#state === "connected";
    this.#state = "gone";
    this.commands.end();
    this.#expiry?.cancel();
    const { devices, metrics, store, strangers, world } = this.services;
    strangers.delete(this);
    const { address } = this;
    const deviceId = this.#identity?.deviceId;
    if (deviceId === undefined) return;
    if (wasConnected) {
      metrics.channelsClosed.add("edgeflow");
      world.log.info("device disconnected", { deviceId, address, code });
    }
    if (!devices.leave(deviceId, this)) return;
    const heardAt = world.clock.now() - (world.clock.monotonic() - this.heardAt);
    store.devices.seen(deviceId, Math.trunc(heardAt), address).catch((error: unknown) => {
      world.log.warn("last seen not stored", { deviceId, reason: reasonOf(error) });
    });
  }

  #hear(): void {
    this.heardAt = this.services.world.clock.monotonic();
    this.commands.heard();
  }
}
