import { type Alarm, type Bell, isoTime } from "../../../world/clock.js";
import type { World } from "../../../world/world.js";
import { credentialState } from "../../store/device-rows.js";

/** How often the end of credentials is looked for, milliseconds: wall time may jump, and timers do not reach a year. */
const lookEvery = 3_600_000;

/** What a device is told whose credentials have ended. */
export const expiredText = "credentials have expired: provision this device again with a new code";

/** Watches the credentials of a connected device: warns once when their end is near, and calls when it has come. */
export class Expiry implements Bell {
  readonly #world: World;
  readonly #alarm: Alarm;
  #warned = false;

  constructor(
    world: World,
    private readonly deviceId: string,
    private readonly expiresAt: number,
    private readonly ended: () => void,
  ) {
    this.#world = world;
    this.#alarm = world.clock.alarm(this);
    this.ring();
  }

  /** The end, ISO 8601, if it is near. */
  get warning(): string | undefined {
    return this.#warned ? isoTime(this.expiresAt) : undefined;
  }

  ring(): void {
    const { clock, log } = this.#world;
    const now = clock.now();
    const state = credentialState(this.expiresAt, now);
    if (state === "expired") {
      this.ended();
      return;
    }
    if (state === "expiring" && !this.#warned) {
      this.#warned = true;
      log.warn("credentials expire soon", { deviceId: this.deviceId, expiresAt: isoTime(this.expiresAt) });
    }
    this.#alarm.set(Math.min(this.expiresAt - now, lookEvery));
  }

  cancel(): void {
    this.#alarm.cancel();
  }
}
