import { type Clock, isoTime } from "../../world/clock.js";
import type { DeviceEvent } from "../event.js";
import type { DeviceStatus } from "./local/steering.js";

/** Whether a device is with its cloud, as its events tell. */
export class Presence {
  isConnected = false;
  /** It waits before it tries again, or did so before the try that is under way. */
  isWaiting = false;
  /** Wall time of the last proof that the cloud is there, milliseconds. */
  #heartbeat: number | undefined;
  /** Called when the tunnel is gone. */
  #parted: readonly (() => void)[] | undefined;

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** What is told of a device with this id, if it has one. */
  status(deviceId: string | undefined, uptime: number): DeviceStatus {
    const offline = deviceId === undefined ? "unprovisioned" : "offline";
    return {
      connected: this.isConnected,
      device_id: deviceId ?? "",
      status: this.isConnected ? "online" : offline,
      last_heartbeat: this.#heartbeat === undefined ? "" : isoTime(this.#heartbeat),
      uptime,
    };
  }

  note({ type }: DeviceEvent): void {
    if (type === "waiting") this.isWaiting = true;
    if (type === "connected") this.isConnected = true;
    if (type === "connected" || type === "heartbeat") this.#heartbeat = this.clock.now();
    if (type === "disconnected") this.#part();
  }

  /** Resolves when the tunnel is gone. */
  async parting(): Promise<void> {
    if (!this.isConnected) return;
    await new Promise<void>((resolve) => {
      this.#parted = [...(this.#parted ?? []), resolve];
    });
  }

  #part(): void {
    this.isConnected = false;
    for (const tell of this.#parted ?? []) tell();
    this.#parted = undefined;
  }
}
