import type { Listener, UdpPeer } from "../network.js";
import type { Random } from "../random.js";
import { Link, type LinkProfile, retransmissionMs } from "./link.js";
import type { Fate, Home, VirtualProcess } from "./process.js";
import type { Scheduler } from "./scheduler.js";

/** A server that listens on a port. */
export interface Service {
  readonly process: VirtualProcess;
  readonly listener: Listener;
  /** Its own machine alone reaches it. */
  readonly local: boolean;
  readonly tls: boolean;
  /** Drops an answer under way, for each. */
  readonly answering: Set<() => void>;
  /** Those that it took and that are not gone. */
  readonly channels: Set<ChannelEnd>;
  /** Takes no new channels. */
  closing: boolean;
}

/** Who receives what is sent to a UDP port. */
export interface UdpPort {
  readonly process: VirtualProcess;
  /** Its own machine alone reaches it. */
  readonly local: boolean;
  receive(data: Uint8Array, from: UdpPeer): void;
}

/** One end of an open channel, as its machine sees it. */
export interface ChannelEnd {
  readonly process: VirtualProcess;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Forgets the connection without a word to either end. */
  sever(): void;
}

/** What the network sees of a host. */
export abstract class Machine implements Home {
  readonly link: Link;
  readonly address: string;
  readonly channels = new Set<ChannelEnd>();
  /** Made when they are first needed: few hosts of a fleet listen. */
  #services: Map<number, Service> | undefined;
  #udpPorts: Map<number, UdpPort> | undefined;
  /** False from a power loss to the next boot. */
  powered = true;
  /** How often it has lost its power: what it had not sent by then it never sends. */
  outages = 0;
  /** Decides at each awaited call of a World of this host. */
  hazard: ((call: string) => Fate) | undefined;

  constructor(
    readonly name: string,
    readonly index: number,
    readonly scheduler: Scheduler,
    readonly random: Random,
    profile: LinkProfile,
  ) {
    this.link = new Link(random.fork("link"), profile);
    this.address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  }

  get services(): Map<number, Service> {
    this.#services ??= new Map();
    return this.#services;
  }

  get udpPorts(): Map<number, UdpPort> {
    this.#udpPorts ??= new Map();
    return this.#udpPorts;
  }

  /** Strikes its processes down. */
  abstract strike(): void;

  /** Drops its connections without a word to either end, as a router does that forgets them. */
  forgetConnections(): void {
    for (const channel of this.channels) channel.sever();
  }

  /** Milliseconds until so many bytes are at another host, losses and what is before them included. */
  delayTo(other: Machine, bytes: number): number {
    if (this === other) return 0;
    const { now } = this.scheduler;
    const queued = this.link.queueOut(bytes, now) + other.link.queueIn(bytes, now);
    return queued + this.latencyTo(other);
  }

  /** One packet's way to another host, milliseconds, and as long as it takes to send a lost one again. */
  latencyTo(other: Machine): number {
    if (this === other) return 0;
    let delay = this.link.packet() + other.link.packet();
    let waited = 0;
    for (let tries = 0; delay === Number.POSITIVE_INFINITY; tries++) {
      waited += retransmissionMs(tries);
      delay = this.link.packet() + other.link.packet();
    }
    return waited + delay;
  }

  /** Whether what this host sends gets to another now. */
  reaches(other: Machine): boolean {
    if (this === other) return true;
    const { powered, link } = this;
    return powered && other.powered && link.up && other.link.up && link.side === other.link.side;
  }
}
