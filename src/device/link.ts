import type { Alarm, Clock } from "../world/clock.js";
import type { Channel, ChannelListener, Message } from "../world/network.js";
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
export class Link implements ChannelListener {
  readonly closed: Promise<Closed>;
  #began: number | undefined;
  #heardAt: number;
  #beatAt = 0;
  #beatenAt: number | undefined;
  /** At hand, since a fleet's links look at them more often than at anything else. */
  readonly #clock: Clock;
  readonly #heartbeatMs: number;
  readonly #readDeadlineMs: number;
  readonly #alarm: Alarm;
  #close: (closed: Closed) => void = () => {};

  constructor(
    private readonly host: Host,
    private readonly channel: Channel,
    private readonly protocol: LinkProtocol,
  ) {
    const { persona, world } = host;
    this.#clock = world.clock;
    this.#alarm = world.clock.alarm(() => this.#pulse());
    this.#heartbeatMs = persona.heartbeatMs;
    this.#readDeadlineMs = persona.readDeadlineMs ?? Number.POSITIVE_INFINITY;
    this.#heardAt = this.#now();
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Takes what the channel says, from the first message on. */
  listen(): void {
    this.channel.listen(this);
  }

  message(message: Message): void {
    this.#heardAt = this.#now();
    this.protocol.message(message);
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
    this.#pulse();
  }

  send(text: string): void {
    this.channel.send(text);
  }

  /** The peer answered a heartbeat. */
  beatAnswered(): void {
    if (this.#beatenAt === undefined) return;
    this.host.emit({ type: "heartbeat", ms: this.#now() - this.#beatenAt });
    this.#beatenAt = undefined;
  }

  /** Says goodbye; resolves when the channel is gone. */
  async goodbye(): Promise<void> {
    const limit = this.#clock.after(goodbyeMs, () => this.channel.terminate());
    this.channel.close(1000);
    await this.closed;
    limit.cancel();
  }

  /** Drops the connection. */
  terminate(): void {
    this.channel.terminate();
  }

  #now(): number {
    return this.#clock.monotonic();
  }

  #pulse(): void {
    const now = this.#now();
    const deadline = this.#heardAt + this.#readDeadlineMs;
    if (now >= deadline) {
      this.channel.terminate();
      return;
    }
    if (now >= this.#beatAt) {
      // A heartbeat that is still unanswered keeps its start, or a slow server would look fast.
      this.#beatenAt ??= now;
      this.#beatAt += this.#heartbeatMs;
      this.protocol.beat();
      this.channel.ping();
    }
    const next = Math.min(this.#beatAt, deadline);
    this.#alarm.set(Math.max(0, next - now));
  }

  #ended(code: number, reason: string): Closed {
    this.#alarm.cancel();
    const heldMs = this.#began === undefined ? 0 : this.#now() - this.#began;
    if (this.#began !== undefined) this.host.emit({ type: "disconnected", code, reason, ms: heldMs });
    return { code, reason, heldMs };
  }
}
