import type { Event } from "./event-queue.js";
import { type Frame, reset } from "./frame.js";

/** The end of a channel that a segment comes from. */
interface Sender {
  /** A segment reached the other end's host, or would have. */
  arrive(segment: Segment): void;
}

/** What one end sent in one moment. */
export class Segment implements Event {
  count = 0;
  /** The sender's outages by then. */
  outages = 0;
  /** How often it was sent in vain. */
  tries = 0;
  /** When it first reached nobody. */
  failedAt = 0;
  /** Which moment of the simulation it was sent in. */
  moment = 0;
  #channel: Sender | undefined;
  /** The first `count` are said. Most are a message and a ping. */
  readonly #frames: Frame[] = [reset, reset];

  begin(channel: Sender, moment: number, outages: number, first: Frame): void {
    this.#channel = channel;
    this.count = 0;
    this.add(first);
    this.moment = moment;
    this.outages = outages;
    this.tries = 0;
  }

  add(frame: Frame): void {
    this.#frames[this.count++] = frame;
  }

  /** A frame that has arrived; a segment is used again and does not keep it. */
  take(index: number): Frame {
    const frame = this.#frames[index] ?? reset;
    this.#frames[index] = reset;
    return frame;
  }

  fire(): void {
    this.#channel?.arrive(this);
  }
}

/** Segments that have arrived. The last one used is the first used again: it is still at hand. */
export class SegmentPool {
  readonly #spare: Segment[] = [];

  take(): Segment {
    return this.#spare.pop() ?? new Segment();
  }

  put(segment: Segment): void {
    this.#spare.push(segment);
  }
}
