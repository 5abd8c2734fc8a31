import type { Random } from "../random.js";

/** How a host is connected, as data. All figures are one way. */
export interface LinkProfile {
  /** Median delay, milliseconds. */
  readonly latencyMs: number;
  /** Spread of the delay: the sigma of a log-normal distribution; 0 is none, 0.5 has a 99th percentile of 3.2 medians. */
  readonly jitter: number;
  /** Share of packets that are lost, below 1; a stream sends them again, a datagram is gone. */
  readonly loss: number;
  /** Bytes a second. */
  readonly bandwidth: number;
  /** Share of messages at which their connection breaks. */
  readonly cut: number;
}

const steady = { jitter: 0, loss: 0, bandwidth: Number.POSITIVE_INFINITY, cut: 0 };

/** Connections as they are found in the field. */
export const linkProfiles = {
  /** No delay at all. */
  none: { ...steady, latencyMs: 0 },
  lan: { ...steady, latencyMs: 0.3, jitter: 0.3 },
  broadband: { ...steady, latencyMs: 12, jitter: 0.3, loss: 0.0005, bandwidth: 2_500_000 },
  mobile: { ...steady, latencyMs: 45, jitter: 0.6, loss: 0.01, bandwidth: 600_000 },
  satellite: { ...steady, latencyMs: 300, jitter: 0.2, loss: 0.02, bandwidth: 250_000 },
} as const satisfies Record<string, LinkProfile>;

export const linkNames = [
  "none",
  "lan",
  "broadband",
  "mobile",
  "satellite",
] as const satisfies (keyof typeof linkProfiles)[];

/** First wait for an acknowledgement and the longest, milliseconds (RFC 6298). */
const retransmission = { first: 200, longest: 60_000 } as const;

/** How long a sender waits before it sends again what it has sent again so many times, milliseconds. */
export function retransmissionMs(tries: number): number {
  return Math.min(retransmission.longest, retransmission.first * 2 ** tries);
}

/** A host's connection to the rest, and what is wrong with it now. */
export class Link {
  /** Nothing gets in or out where this is false; those who send try again. */
  up = true;
  /** Hosts of different sides of a partition do not reach each other. */
  side = 0;
  /** Names are found. */
  resolves = true;
  /** Certificates of others are accepted. */
  trusts = true;
  /** What it is like when nothing is wrong. */
  readonly usual: LinkProfile;
  #profile: LinkProfile;
  #delays: Float64Array;
  /** Draws of 24 bits below this are losses. */
  #lossBelow: number;
  /** When what was sent before is through, in each direction. */
  #outUntil = 0;
  #inUntil = 0;

  constructor(
    private readonly random: Random,
    profile: LinkProfile,
  ) {
    this.usual = profile;
    this.#profile = profile;
    this.#delays = delaysOf(profile);
    this.#lossBelow = lossBelow(profile);
  }

  get profile(): LinkProfile {
    return this.#profile;
  }

  /** Throws RangeError for one that loses everything. */
  set profile(profile: LinkProfile) {
    this.#lossBelow = lossBelow(profile);
    this.#profile = profile;
    this.#delays = delaysOf(profile);
  }

  /** One packet's way, milliseconds; infinite if it is lost. */
  packet(): number {
    const { latencyMs, loss } = this.#profile;
    if (latencyMs === 0 && loss === 0) return 0;
    const draw = this.random.uint32();
    return (draw & 0xffffff) < this.#lossBelow ? Number.POSITIVE_INFINITY : (this.#delays[draw >>> 24] ?? latencyMs);
  }

  /** Puts so many bytes behind those that are on their way out already; milliseconds until the last is through. */
  queueOut(bytes: number, now: number): number {
    const { bandwidth } = this.#profile;
    if (bandwidth === Number.POSITIVE_INFINITY) return 0;
    this.#outUntil = Math.max(now, this.#outUntil) + (bytes / bandwidth) * 1_000;
    return this.#outUntil - now;
  }

  /** The same on the way in. */
  queueIn(bytes: number, now: number): number {
    const { bandwidth } = this.#profile;
    if (bandwidth === Number.POSITIVE_INFINITY) return 0;
    this.#inUntil = Math.max(now, this.#inUntil) + (bytes / bandwidth) * 1_000;
    return this.#inUntil - now;
  }

  cuts(): boolean {
    const { cut } = this.#profile;
    return cut > 0 && this.random.float() < cut;
  }
}

function lossBelow({ loss }: LinkProfile): number {
  // What is sent again until it gets through would be sent for ever.
  if (!(loss < 1)) throw new RangeError(`a link cannot lose a share of ${loss}; one that loses everything is not up`);
  return loss * 2 ** 24;
}

const known = new WeakMap<LinkProfile, Float64Array>();

/** 256 delays, evenly drawn from: the quantiles of the distribution. */
function delaysOf(profile: LinkProfile): Float64Array {
  let delays = known.get(profile);
  if (!delays) {
    const { latencyMs, jitter } = profile;
    delays = Float64Array.from(
      { length: 256 },
      (_, index) => latencyMs * Math.exp(jitter * normalQuantile((index + 0.5) / 256)),
    );
    known.set(profile, delays);
  }
  return delays;
}

/** The standard normal distribution's quantile to about 0.002 (Tukey's lambda approximation). */
function normalQuantile(share: number): number {
  return (share ** 0.135 - (1 - share) ** 0.135) / 0.1975;
}
