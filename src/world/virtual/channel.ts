import type { Channel, ChannelListener, Message } from "../network.js";
import { type Control, type Frame, isControl, open, ping, pong, reset, summary } from "./frame.js";
import type { Links } from "./links.js";
import type { ChannelEnd, Machine } from "./machine.js";
import type { VirtualProcess } from "./process.js";
import { retransmissionMs } from "./retransmission.js";
import type { Scheduler } from "./scheduler.js";
import type { Segment } from "./segment.js";

/** Bytes around a frame's payload: TCP, IP, TLS and the frame's own. */
const overhead = 100;
/** Payload of a packet, bytes. */
const packet = 1_300;
/** How long the other end may take to answer a goodbye, milliseconds. */
const goodbyeMs = 30_000;
/** How long a sender waits for an acknowledgement in all before it gives a connection up, milliseconds. */
const givesUpAfterMs = 900_000;
/** RFC 6455: the connection ended without a goodbye. */
const abnormal = 1006;

/** Who waits for a channel to open. Hears one of these, or neither. */
export interface Dial {
  opened(channel: Channel): void;
  /** The connection broke before it was open. */
  broken(): void;
}

function nothing(): void {}

/** One end of a channel between two processes. */
export class VirtualChannel implements Channel, ChannelEnd {
  // What each message needs comes first, so that it lies together.
  #state: "open" | "closing" | "closed" = "open";
  #severed = false;
  readonly #scheduler: Scheduler;
  readonly #links: Links;
  /** Its host's link. */
  readonly #index: number;
  #peer: VirtualChannel | undefined;
  #segment: Segment | undefined;
  /** Segments that are sent again and again, in order; undefined as long as all is well. */
  #stalled: Segment[] | undefined;
  #listener: ChannelListener | undefined;
  /** When the last segment arrives that is on its way. */
  #lastArrival = 0;
  #desperate = false;
  #early: ((listener: ChannelListener) => void)[] | undefined = [];
  /** Until the channel is open. */
  #dial: Dial | undefined;
  /** Where its server keeps it, if it is a server's. */
  #kept: Set<ChannelEnd> | undefined;
  #release = nothing;
  readonly process: VirtualProcess;
  readonly host: Machine;

  private constructor(process: VirtualProcess, host: Machine) {
    this.#scheduler = process.scheduler;
    this.#links = host.links;
    this.#index = host.index;
    this.process = process;
    this.host = host;
    if (!process.alive) {
      this.#state = "closed";
      return;
    }
    this.#release = process.holds(() => this.#dropped());
    host.channels.add(this);
  }

  /**
   * Both ends of a new channel. The server's may send at once and is kept among its `channels` until it is gone; the
   * client's dial is over when it has heard that the server took it.
   */
  static pair(
    client: { readonly process: VirtualProcess; readonly host: Machine; readonly dial: Dial },
    server: { readonly process: VirtualProcess; readonly host: Machine; readonly channels: Set<ChannelEnd> },
  ): { readonly client: VirtualChannel; readonly server: VirtualChannel } {
    const near = new VirtualChannel(client.process, client.host);
    const far = new VirtualChannel(server.process, server.host);
    near.#peer = far;
    far.#peer = near;
    near.#dial = client.dial;
    far.#kept = server.channels.add(far);
    if (client.process.alive) far.#transmit(open, 0);
    else near.#transmit(reset, 0);
    return { client: near, server: far };
  }

  get open(): boolean {
    return this.#state === "open";
  }

  send(message: Message): void {
    this.#scheduler.enter();
    // What the sender does with its bytes afterwards does not reach those on their way.
    if (this.open) this.#transmit(typeof message === "string" ? message : Buffer.from(message), message.length);
  }

  ping(): void {
    this.#scheduler.enter();
    if (this.open) this.#transmit(ping, 0);
  }

  close(code = 1000, reason = ""): void {
    this.#scheduler.enter();
    if (!this.open) return;
    this.#state = "closing";
    this.#transmit({ kind: "close", code, reason }, reason.length);
    this.#scheduler.after(goodbyeMs, { fire: () => this.terminate() });
  }

  terminate(): void {
    if (this.#state === "closed") return;
    this.#transmit(reset, 0);
    this.#fail();
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) event(listener);
  }

  /** The way between both ends forgets this connection: nothing arrives any more, and nobody is told. */
  sever(): void {
    this.#severed = true;
    if (this.#peer) this.#peer.#severed = true;
  }

  /** A segment reached the other end's host, or would have. */
  arrive(segment: Segment): void {
    if (segment === this.#segment) this.#segment = undefined;
    const peer = this.#peer;
    if (!peer || segment.outages !== this.#links.outages(this.#index)) return;
    // What waited when the power went is never sent again.
    if (this.#stalled && this.#stalled[0]?.outages !== segment.outages) this.#stalled = undefined;
    if (this.#severed) this.#despair();
    else if (segment.tries === 0 && this.#stalled) this.#stalled.push(segment);
    else if (!this.#links.reaches(this.#index, peer.#index)) this.#retransmit(segment);
    else this.#deliver(segment, peer);
  }

  #deliver(segment: Segment, peer: VirtualChannel): void {
    const late = this.#stalled;
    this.#stalled = undefined;
    peer.#takeAll(segment);
    for (const next of late ?? []) if (next !== segment) peer.#takeAll(next);
  }

  #retransmit(segment: Segment): void {
    const { now } = this.#scheduler;
    if (segment.tries === 0) {
      segment.failedAt = now;
      this.#stalled ??= [];
      this.#stalled.push(segment);
    }
    const wait = retransmissionMs(segment.tries++);
    if (now + wait - segment.failedAt <= givesUpAfterMs) this.#scheduler.after(wait, segment);
    else this.#fail();
  }

  #transmit(frame: Frame, bytes: number): void {
    const peer = this.#peer;
    if (!peer) return;
    if (this.#severed) this.#despair();
    else if (this.#links.cuts(this.#index) || this.#links.cuts(peer.#index)) this.#break(peer);
    else this.#dispatch(frame, bytes, peer);
  }

  #dispatch(frame: Frame, bytes: number, peer: VirtualChannel): void {
    const { now, moment } = this.#scheduler;
    const before = this.#segment;
    // What is said in one moment and fits into a packet travels together.
    if (before?.moment === moment && bytes <= packet) {
      before.add(frame);
      return;
    }
    const arrival = now + this.#links.delay(this.#index, peer.#index, bytes + overhead, now);
    this.#lastArrival = before ? Math.max(this.#lastArrival, arrival) : arrival;
    const segment = this.#scheduler.segments.take();
    segment.begin(this, moment, this.#links.outages(this.#index), frame);
    this.#segment = segment;
    this.#scheduler.at(this.#lastArrival, segment);
  }

  /** What is sent into the void is given up in the end, as everything is that nobody acknowledges. */
  #despair(): void {
    if (this.#desperate || this.#state === "closed") return;
    this.#desperate = true;
    this.#scheduler.after(givesUpAfterMs, { fire: () => this.#fail() });
  }

  /** The connection breaks at a message: both ends are told, or neither. */
  #break(peer: VirtualChannel): void {
    if (this.host.random.float() < 0.5) {
      this.sever();
    } else {
      this.#fail();
      peer.#fail();
    }
  }

  #takeAll(segment: Segment): void {
    const { trace, now } = this.#scheduler;
    const { count } = segment;
    trace.events += count;
    trace.moment(now, this.#index);
    for (let index = 0; index < count; index++) this.#take(segment.take(index));
    this.#scheduler.segments.put(segment);
  }

  #take(frame: Frame): void {
    if (this.#state === "closed") {
      if (!isControl(frame) || frame.kind !== "reset") this.#transmit(reset, 0);
      return;
    }
    if (!isControl(frame)) this.#message(frame);
    else this.#react(frame);
  }

  #message(message: Message): void {
    const { trace, now } = this.#scheduler;
    if (typeof message === "string") trace.text(message);
    else trace.bytes(message);
    trace.tell?.({ at: now, host: this.host.name, what: `receives ${summary(message)}` });
    if (this.#listener) this.#listener.message?.(message);
    else this.#tell((to) => to.message?.(message));
  }

  #tell(event: (listener: ChannelListener) => void): void {
    if (this.#listener) event(this.#listener);
    else this.#early?.push(event);
  }

  /** Ends without a goodbye; the owner hears of it in an event of its own. */
  #fail(): void {
    if (this.#state === "closed") return;
    this.#forget();
    this.#scheduler.after(0, { fire: () => this.#ended(abnormal, "") });
  }

  #ended(code: number, reason: string): void {
    if (!this.process.alive) return;
    if (this.#dial) {
      this.#dial.broken();
      return;
    }
    this.process.note(`channel closes with ${code}`);
    this.#tell((to) => to.close?.(code, reason));
  }

  /** The process died: its kernel tells the other end, if it still runs. */
  #dropped(): void {
    if (this.#state === "closed") return;
    this.#forget();
    if (this.host.powered) this.#transmit(reset, 0);
  }

  #forget(): void {
    this.#state = "closed";
    this.#segment = undefined;
    this.#release();
    this.host.channels.delete(this);
    this.#kept?.delete(this);
  }

  #open(): void {
    const dial = this.#dial;
    this.#dial = undefined;
    dial?.opened(this);
  }

  #react(frame: Control): void {
    switch (frame.kind) {
      case "open":
        this.#open();
        return;
      case "ping":
        this.#transmit(pong, 0);
        this.#tell((to) => to.ping?.());
        return;
      case "pong":
        this.#tell((to) => to.pong?.());
        return;
      case "reset":
        this.#fail();
        return;
      case "close":
        if (this.#state === "open") this.#transmit(frame, frame.reason.length);
        this.#forget();
        this.#ended(frame.code, frame.reason);
    }
  }
}
