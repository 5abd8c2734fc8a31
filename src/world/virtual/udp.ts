import { isLoopback } from "../loopback.js";
import type { UdpPeer, UdpSocket } from "../network.js";
import type { Internet } from "./internet.js";
import type { Machine, UdpPort } from "./machine.js";
import { claimPort } from "./ports.js";
import type { VirtualProcess } from "./process.js";

/** Bytes around a datagram: IP and UDP. */
const overhead = 28;

/** A UDP port of a process. What it sends arrives once, late, or never. */
export class VirtualUdp implements UdpSocket, UdpPort {
  readonly host: string;
  readonly port: number;
  readonly local: boolean;
  readonly #release: () => void;

  constructor(
    readonly process: VirtualProcess,
    private readonly machine: Machine,
    private readonly internet: Internet,
    options: UdpPeer,
    readonly receive: (data: Uint8Array, from: UdpPeer) => void,
  ) {
    this.host = options.host;
    this.port = claimPort(options, machine, machine.udpPorts);
    this.local = isLoopback(options.host);
    machine.udpPorts.set(this.port, this);
    this.#release = process.holds(() => this.close());
  }

  send(data: Uint8Array, to: UdpPeer): void {
    const { machine, process } = this;
    process.scheduler.enter();
    const at = machine.udpPorts.get(this.port) === this ? this.internet.find(to.host, machine) : undefined;
    if (at) this.#carry(data, at, to.port, machine.links.packet(machine.index, at.index));
  }

  close(): void {
    const { udpPorts } = this.machine;
    if (udpPorts.get(this.port) === this) udpPorts.delete(this.port);
    this.#release();
  }

  /** @param ms the packet's way; infinite if it is lost. */
  #carry(data: Uint8Array, at: Machine, port: number, ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const { machine } = this;
    const { scheduler } = this.process;
    const copy = Uint8Array.from(data);
    const size = data.length + overhead;
    const own = at === machine;
    const queued = machine.links.queue(machine.index, at.index, size, scheduler.now);
    scheduler.after(queued + ms, {
      fire: () => {
        const target = at.udpPorts.get(port);
        if (!target?.process.alive || !machine.reaches(at) || (target.local && !own)) return;
        scheduler.trace.events++;
        target.process.note(`receives ${copy.length} bytes by UDP`);
        scheduler.trace.bytes(copy);
        target.receive(copy, { host: own ? "127.0.0.1" : machine.address, port: this.port });
      },
    });
  }
}
