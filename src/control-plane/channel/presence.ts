import { type Clock, isoTime } from "../../world/clock.js";

/** A channel that is silent for this long is asked for a sign of life, and after so long is dead, milliseconds. */
const silence = { asked: 35_000, dead: 75_000 } as const;

/** Close code of a channel whose identity has a newer one. */
export const replacedCode = 4000;

/** An identity that is in two places counts as such for so long after it was last seen to be, milliseconds. */
const doubledMs = 10 * 60_000;

/** How long each of the two then holds the channel at least, milliseconds: they would take it from each other without end. */
const turnMs = 10_000;

/** How long the next turn is kept for the one that was sent away: stock agents try every three seconds, milliseconds. */
const graceMs = 5_000;

/** A channel whose other end has a name. */
export interface Live {
  /** Where it comes from: an IP address. */
  readonly address: string;
  /** Monotonic time of its begin, milliseconds. */
  readonly openedAt: number;
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
  /** Until when each identity counts as being in two places: monotonic time, milliseconds. */
  readonly #doubled = new Map<string, number>();
  /** Where the next turn of such an identity belongs, and until when it is kept. */
  readonly #next = new Map<string, { readonly address: string; readonly until: number }>();
  #since: number;
  /** Monotonic time of the last sweep, milliseconds. */
  #sweptAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = this.#sweptAt = clock.monotonic();
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

  all(): Iterable<L> {
    return this.#live.values();
  }

  ids(): string[] {
    return [...this.#live.keys()];
  }

  /** Takes a channel in and says goodbye to an older one of the same identity. */
  enter(id: string, channel: L): void {
    const older = this.#live.get(id);
    this.#live.set(id, channel);
    older?.end(replacedCode, "replaced by a newer connection");
  }

  /** A replaced channel has answered the goodbye: its end is alive, so that two are who only one can be (PROTOCOLS D2). */
  markDouble(id: string): void {
    this.#doubled.set(id, this.#clock.monotonic() + doubledMs);
  }

  /**
   * How long a new channel of this identity has to wait, milliseconds: more than 0 only for one that is in two places. Who
   * was sent away first has the next turn, or one that comes more often would keep the other out for ever.
   */
  waitMs(id: string, address: string): number {
    const now = this.#clock.monotonic();
    const current = this.#live.get(id);
    if (!current || (this.#doubled.get(id) ?? 0) <= now) return 0;
    const ends = current.openedAt + turnMs;
    const next = this.#next.get(id);
    if (now < ends) {
      if (address !== current.address && (next?.until ?? 0) <= now)
        this.#next.set(id, { address, until: ends + graceMs });
      return ends - now;
    }
    if (next && next.until > now && next.address !== address) return next.until - now;
    this.#next.delete(id);
    return 0;
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
   * (PROTOCOLS D2). Swept four times a minute, it finds a dead one within 90 s. After the server itself has stood still,
   * nobody is dropped before the next sweep: what came meanwhile waits to be heard.
   */
  sweep(): void {
    const now = this.#clock.monotonic();
    const stoodStill = now - this.#sweptAt >= silence.asked;
    this.#sweptAt = now;
    for (const channel of this.#live.values()) {
      const silentMs = now - channel.heardAt;
      if (silentMs >= silence.dead && !stoodStill) channel.terminate();
      else if (silentMs >= silence.asked) channel.probe();
    }
    for (const [id, until] of this.#doubled) if (until <= now) this.#doubled.delete(id);
    for (const [id, { until }] of this.#next) if (until <= now) this.#next.delete(id);
  }

  /** Says goodbye to all. */
  endAll(code: number, reason: string): void {
    for (const channel of this.#live.values()) channel.end(code, reason);
  }
}
