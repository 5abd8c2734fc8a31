import { Counter, Histogram, Registry } from "prom-client";

/** Counts by the value of one label; cheap enough for every message. */
export class Tally {
  readonly #counts = new Map<string, number>();

  constructor(registry: Registry, name: string, help: string, label: string) {
    const counts = this.#counts;
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of counts) this.inc({ [label]: value }, count);
      },
    });
  }

  /** `value` comes from a bounded set: each is a time series of its own. */
  add(value: string, count = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }
}

/** What is told of the answers of one route. */
export interface RouteMetrics {
  answered(status: number, ms: number): void;
}

const classes = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** What the control plane counts of itself; `/metrics` shows it. Never the name of a site, device or organisation. */
export class Metrics {
  readonly registry = new Registry();
  readonly exchanges = this.#tally("firstboot_exchanges_total", "Exchanges of provisioning keys", "result");
  readonly provisions = this.#tally("firstboot_provisions_total", "Exchanges of one-time codes", "result");
  readonly tokens = this.#tally("firstboot_tokens_total", "Tokens asked for", "result");
  readonly newtMessages = this.#tally("firstboot_newt_messages_total", "Messages of newts", "type");
  readonly newtSent = this.#tally("firstboot_newt_sent_total", "Messages to newts", "type");
  readonly deviceFrames = this.#tally("firstboot_device_frames_total", "Frames of EdgeFlow devices", "type");
  readonly commands = this.#tally("firstboot_commands_total", "Commands to EdgeFlow devices", "outcome");
  readonly sentAway = this.#tally("firstboot_sent_away_total", "Devices told to come back later", "reason");
  readonly channelsOpened = this.#tally("firstboot_channels_opened_total", "Channels that were let in", "kind");
  readonly channelsClosed = this.#tally("firstboot_channels_closed_total", "Channels that ended", "kind");
  readonly alerts = this.#tally("firstboot_alerts_total", "Alerts that were opened", "kind");
  readonly deliveries = this.#tally("firstboot_webhook_deliveries_total", "Attempts to deliver an alert", "outcome");

  readonly #requests = new Histogram({
    name: "firstboot_http_request_seconds",
    help: "Requests by the pattern of their route, until their answer is ready",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });
  readonly #commits = new Histogram({
    name: "firstboot_store_commit_commands",
    help: "Commits to the store, by how many commands they had",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [this.registry],
  });

  /** Requests of one route; `route` is its pattern. To be kept by who asks. */
  requests(method: string, route: string): RouteMetrics {
    const byClass = classes.map((status) => this.#requests.labels({ method, route, status }));
    return { answered: (status, ms) => byClass[Math.trunc(status / 100) - 1]?.observe(ms / 1_000) };
  }

  committed(commands: number): void {
    this.#commits.observe(commands);
  }

  #tally(name: string, help: string, label: string): Tally {
    return new Tally(this.registry, name, help, label);
  }
}
