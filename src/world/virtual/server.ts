import { isLoopback } from "../loopback.js";
import type { Listener, ListenOptions, Server } from "../network.js";
import type { ChannelEnd, Machine, Service } from "./machine.js";
import { claimPort } from "./ports.js";
import { never, type VirtualProcess } from "./process.js";

/** What a closing server allows what is under way, milliseconds, and how often it looks. */
const farewellMs = 1_000;
const farewellCheckMs = 20;
const goingAway = 1001;

/** A server on a port of a machine. */
export class VirtualServer implements Server, Service {
  readonly host: string;
  readonly port: number;
  readonly local: boolean;
  readonly tls: boolean;
  readonly answering = new Set<() => void>();
  readonly channels = new Set<ChannelEnd>();
  closing = false;
  readonly #release: () => void;

  /** Throws FB1004 for an address or port that cannot be had. */
  constructor(
    readonly process: VirtualProcess,
    private readonly machine: Machine,
    options: ListenOptions,
    readonly listener: Listener,
  ) {
    this.host = options.host;
    this.port = claimPort(options, machine, machine.services);
    this.local = isLoopback(options.host);
    this.tls = options.tls !== undefined;
    machine.services.set(this.port, this);
    this.#release = process.holds(() => this.#leavePort());
  }

  async close(): Promise<void> {
    if (!this.process.alive) return never();
    this.#release();
    this.#leavePort();
    this.closing = true;
    for (const channel of this.channels) channel.close(goingAway, "the server stops");
    const { process } = this;
    const end = process.scheduler.now + farewellMs;
    while (this.#busy() && process.scheduler.now < end) await process.operation("close", farewellCheckMs, () => {});
    for (const drop of this.answering) drop();
    this.answering.clear();
    for (const channel of this.channels) channel.terminate();
  }

  #busy(): boolean {
    return this.answering.size > 0 || this.channels.size > 0;
  }

  #leavePort(): void {
    if (this.machine.services.get(this.port) === this) this.machine.services.delete(this.port);
  }
}
