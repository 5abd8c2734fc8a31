import { Counter, Registry } from "prom-client";

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
  readonly channelsOpened = this.#tally("firstboot_channels_opened_total", "Channels that were let in", "kind");
  readonly channelsClosed = this.#tally("firstboot_channels_closed_total", "Channels that ended", "kind");
  readonly alerts = this.#tally("firstboot_alerts_total", "Alerts that were opened", "kind");
  readonly deliveries = this.#tally("firstboot_webhook_deliveries_total", "Attempts to deliver an alert", "outcome");

  #tally(name: string, help: string, label: string): Tally {
    return new Tally(this.registry, name, help, label);
  }
}
