import type { Alarm, Bell, Clock } from "../world/clock.js";
import type { Channel, ChannelListener, Message } from "../world/network.js";
import type { Observer } from "./event.js";
import { tidy } from "./failure.js";
import type { Host } from "./host.js";

/** How long a goodbye may take before the connection is dropped, milliseconds. */
const goodbyeMs = 2_000;

/** How a channel ended, and how long it was steady. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly heldMs: number;
}

/** What a protocol does on a link. */
export interface LinkProtocol {
  message(message: Message): void;
  /** Sends a heartbeat. */
  beat(): void;
}

/**
 * An open channel with a pulse. One timer serves heartbeats and read deadline: what is heard only moves the deadline
 * later, so the timer looks again when it fires.
 */
export class Link implements ChannelListener, Bell {
  // What each beat needs comes first, so that it lies together.
  #heardAt: number;
  #beatAt = 0;
  /** When the oldest unanswered heartbeat was sent; no number if there is none. */
  #beatenAt = Number.NaN;
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  readonly #readDeadlineMs: number;
  readonly #alarm: Alarm;
  readonly #channel: Channel;
  readonly #protocol: LinkProtocol;
  readonly #emit: Observer;
  /** Since when the device is connected; no number before. */
  #began = Number.NaN;
  #close: (closed: Closed) => void = () => {};
  readonly closed: Promise<Closed>;

  constructor(host: Host, channel: Channel, protocol: LinkProtocol) {
    const { persona, world, emit } = host;
    this.#emit = emit;
    this.#channel = channel;
    this.#protocol = protocol;
    this.#clock = world.clock;
    this.#alarm = world.clock.alarm(this);
    this.#heartbeatMs = persona.heartbeatMs;
    this.#readDeadlineMs = persona.readDeadlineMs ?? Number.POSITIVE_INFINITY;
    this.#heardAt = this.#now();
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Takes what the channel says, from the first message on. */
  listen(): void {
    this.#channel.listen(this);
  }

  message(message: Message): void {
    this.#heardAt = this.#now();
    this.#protocol.message(message);
  }

  ping(): void {
    this.#heardAt = this.#now();
  }

  pong(): void {
    this.#heardAt = this.#now();
  }

  /** The channel is gone. */
  close(code: number, reason: string): void {
    this.#close(this.#ended(code, tidy(reason)));
  }

  /** Starts the pulse: the device is connected. */
  begin(firstBeatAfterMs: number): void {
    this.#began = this.#now();
    this.#beatAt = this.#began + firstBeatAfterMs;
    this.ring();
  }

  send(text: string): void {
    this.#channel.send(text);
  }

  /** The peer answered a heartbeat. */
  beatAnswered(): void {
    if (Number.isNaN(this.#beatenAt)) return;
    this.#emit({ type: "heartbeat", ms: this.#now() - this.#beatenAt });
    this.#beatenAt = Number.NaN;
  }

  /** Says goodbye; resolves when the channel is gone. */
  async goodbye(): Promise<void> {
    const limit = this.#clock.after(goodbyeMs, () => this.#channel.terminate());
    this.#channel.close(1000);
    await this.closed;
    limit.cancel();
  }

  /** Drops the connection. */
  terminate(): void {
    this.#channel.terminate();
  }

  /** The next beat is due, or the read deadline may have passed. */
  ring(): void {
    const now = this.#now();
    const deadline = this.#heardAt + this.#readDeadlineMs;
    if (now >= deadline) {
      this.#channel.terminate();
      return;
    }
    if (now >= this.#beatAt) {
      // A heartbeat that is still unanswered keeps its start, or a slow server would look fast.
      if (Number.isNaN(this.#beatenAt)) this.#beatenAt = now;
      this.#beatAt += this.#heartbeatMs;
      this.#protocol.beat();
      // Of use to whoever waits for signs of life alone: devices without a deadline send none (PROTOCOLS C3).
      if (this.#readDeadlineMs !== Number.POSITIVE_INFINITY) this.#channel.ping();
    }
    const next = Math.min(this.#beatAt, deadline);
    this.#alarm.set(Math.max(0, next - now));
  }

  #now(): number {
    return this.#clock.monotonic();
  }

  #ended(code: number, reason: string): Closed {
    this.#alarm.cancel();
    const connected = !Number.isNaN(this.#began);
    const heldMs = connected ? this.#now() - this.#began : 0;
    if (connected) this.#emit({ type: "disconnected", code, reason, ms: heldMs });
    return { code, reason, heldMs };
  }
}
