import { build, type Histogram } from "hdr-histogram-js";
import type { DeviceEvent, StopReason } from "../src/device/event.js";
import { Timeline } from "./timeline.js";

/**
 * What is measured: the exchange, making credentials durable, get-token, opening the channel, the answer to a blueprint,
 * a heartbeat's way and back, a site's way to a place at an exit node, a command through the API and the device, first boot
 * to online, restart to online.
 */
export const steps = [
  "exchange",
  "persist",
  "token",
  "connect",
  "blueprint",
  "heartbeat",
  "tunnel",
  "command",
  "provision",
  "restart",
] as const;
export type Step = (typeof steps)[number];

/** Percentiles of the curve in a report, dense where fleets hurt. */
const curvePoints = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 100];

/** Latencies of one step, milliseconds. */
export interface Latency {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Pairs of percentile and milliseconds. */
  readonly curve: [number, number][];
}

/** Kinds of notices that are told apart. */
const mostNotices = 20;

const stepOf = { exchange: "exchange", persisted: "persist", token: "token", connected: "connect" } as const;

/** Collects latencies, failures and what happened when. Histograms are HDR in microseconds, up to an hour. */
export class Metrics {
  readonly timeline = new Timeline();
  /** Channels open now. */
  online = 0;
  readonly failures = new Map<string, { count: number; example: string }>();
  /** How often devices gave each notice. */
  readonly notices = new Map<string, number>();
  readonly #histograms = new Map<Step, Histogram>();
  /** Microseconds of each step together: a histogram would have to be walked for its mean. */
  readonly #sums = new Map<Step, number>();

  record(step: Step, ms: number): void {
    let histogram = this.#histograms.get(step);
    if (!histogram) {
      // It grows with what it is given: most steps take milliseconds, and a swarm makes thousands of histograms.
      histogram = build({ highestTrackableValue: 2, autoResize: true, numberOfSignificantValueDigits: 3 });
      this.#histograms.set(step, histogram);
    }
    const microseconds = Math.min(3_600_000_000, Math.max(1, Math.round(ms * 1_000)));
    histogram.recordValue(microseconds);
    this.#sums.set(step, (this.#sums.get(step) ?? 0) + microseconds);
  }

  /** Counts a failure by what failed and how. `detail` stands in the report as an example. */
  failed(kind: string, detail: string, at: number): void {
    const known = this.failures.get(kind);
    if (known) known.count += 1;
    else this.failures.set(kind, { count: 1, example: detail });
    this.timeline.add("failures", at);
  }

  /** Takes in what a device tells, at a moment in milliseconds since the start. */
  observe(event: DeviceEvent, at: number): void {
    switch (event.type) {
      case "exchange":
        if (event.outcome === "ok") this.record("exchange", event.ms);
        break;
      case "persisted":
      case "token":
        this.record(stepOf[event.type], event.ms);
        break;
      case "connected":
        this.record("connect", event.ms);
        this.online += 1;
        this.timeline.add("online", at);
        break;
      case "disconnected":
        this.online -= 1;
        this.timeline.add("online", at, -1);
        break;
      case "blueprint":
        if (event.success) this.record("blueprint", event.ms);
        else this.failed("blueprint refused", event.message, at);
        break;
      case "heartbeat":
        this.record("heartbeat", event.ms);
        this.timeline.add("heartbeats", at);
        break;
      case "tunnel":
        if (event.configured) this.record("tunnel", event.ms);
        break;
      case "notice":
        this.#noticed(event.message);
        break;
      case "failed":
        this.failed(
          [event.step, event.kind, event.status].filter((part) => part !== undefined).join(" "),
          event.detail,
          at,
        );
        break;
      case "stopped":
        if (event.reason.kind === "refused") this.#refused(event.reason, at);
        if (event.reason.kind === "crashed") this.failed("crashed", event.reason.reason, at);
        break;
      default:
        break;
    }
  }

  #noticed(message: string): void {
    const known = this.notices.get(message);
    if (known !== undefined || this.notices.size < mostNotices) this.notices.set(message, (known ?? 0) + 1);
  }

  /** A refusal that a persona heeds is its last failure; one that it does not heed has been told as such. */
  #refused({ step, status, reason }: Extract<StopReason, { kind: "refused" }>, at: number): void {
    this.failed(status === undefined ? `${step} refused` : `${step} status ${status}`, reason, at);
  }

  get failureCount(): number {
    return [...this.failures.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** Undefined for a step that never happened. */
  latency(step: Step): Latency | undefined {
    const histogram = this.#histograms.get(step);
    if (!histogram) return undefined;
    const max = histogram.maxValue / 1_000;
    // A histogram rounds up within its precision; nothing is longer than the longest.
    const at = (percentile: number): number => Math.min(max, histogram.getValueAtPercentile(percentile) / 1_000);
    return {
      count: histogram.totalCount,
      mean: Math.round((this.#sums.get(step) ?? 0) / histogram.totalCount) / 1_000,
      p50: at(50),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      max,
      curve: curvePoints.map((percentile): [number, number] => [percentile, at(percentile)]),
    };
  }
}
