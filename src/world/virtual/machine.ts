import type { Listener, UdpPeer } from "../network.js";
import type { Random } from "../random.js";
import { Link } from "./link.js";
import type { LinkProfile } from "./link-profile.js";
import type { Links } from "./links.js";
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
  /** Decides at each awaited call of a World of this host. */
  hazard: ((call: string) => Fate) | undefined;

  constructor(
    readonly name: string,
    readonly index: number,
    readonly scheduler: Scheduler,
    readonly random: Random,
    readonly links: Links,
    profile: LinkProfile,
  ) {
    links.add(index, random.fork("link").uint32(), profile);
    this.link = new Link(links, index, profile);
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

  /** False from a power loss to the next boot. */
  get powered(): boolean {
    return this.links.isPowered(this.index);
  }

  set powered(is: boolean) {
    this.links.setPowered(this.index, is);
  }

  /** Whether what this host sends gets to another now. */
  reaches(other: Machine): boolean {
    return this.links.reaches(this.index, other.index);
  }
}
