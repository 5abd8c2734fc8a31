import { type Clock, isoTime } from "../../world/clock.js";

/** A channel that is silent for this long is asked for a sign of life, and after so long is dead, milliseconds. */
const silence = { asked: 35_000, dead: 75_000 } as const;

/** A channel whose other end has a name. */
export interface Live {
  /** Monotonic time of the last sign of life, milliseconds. */
  readonly heardAt: number;
  /** Asks for a sign of life. */
  probe(): void;
  /** Drops the connection without a goodbye. */
  terminate(): void;
  /** Says goodbye. */
  end(code: number, reason: string): void;
}

/** Who is connected now. An identity has one channel: the newest, so that a cloned disk image cannot split it. */
export class Presence<L extends Live> {
  readonly #clock: Clock;
  readonly #live = new Map<string, L>();
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** Since when every end of a channel has been written down: monotonic time, milliseconds. */
  get since(): number {
    return this.#since;
  }

  /** An end could not be written down: how long anybody has been away is known from now on only. */
  lostEnd(): void {
    this.#since = this.#clock.monotonic();
  }

  get size(): number {
    return this.#live.size;
  }

  get(id: string): L | undefined {
    return this.#live.get(id);
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  ids(): string[] {
    return [...this.#live.keys()];
  }

  /** Takes a channel in and says goodbye to an older one of the same identity. */
  enter(id: string, channel: L): void {
    const older = this.#live.get(id);
    this.#live.set(id, channel);
    older?.end(4000, "replaced by a newer connection");
  }

  /** Forgets a channel; false if it is not the one of this identity any more. */
  leave(id: string, channel: L): boolean {
    return this.#live.get(id) === channel && this.#live.delete(id);
  }

  /** Wall time of the last sign of life of one who is connected, ISO 8601. */
  lastHeard(id: string): string | undefined {
    const channel = this.#live.get(id);
    return channel && isoTime(this.#clock.now() - (this.#clock.monotonic() - channel.heardAt));
  }

  /**
   * Asks channels that have fallen silent for a sign of life and drops those that gave none, half-open ones among them
   * (PROTOCOLS D2). Swept four times a minute, it finds a dead one within 90 s.
   */
  sweep(): void {
    const now = this.#clock.monotonic();
    for (const channel of this.#live.values()) {
      const silentMs = now - channel.heardAt;
      if (silentMs >= silence.dead) channel.terminate();
      else if (silentMs >= silence.asked) channel.probe();
    }
  }

  /** Says goodbye to all. */
  endAll(code: number, reason: string): void {
    for (const channel of this.#live.values()) channel.end(code, reason);
  }
}
