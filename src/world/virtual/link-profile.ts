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
