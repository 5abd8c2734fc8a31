import type { Event } from "./event-queue.js";
import type { Frame } from "./frame.js";

/** The end of a channel that a segment comes from. */
interface Sender {
  /** A segment reached the other end's host, or would have. */
  arrive(segment: Segment): void;
}

/** What one end sent in one moment. */
export class Segment implements Event {
  /** Its first `count` are said; the rest is of earlier use. */
  readonly frames: Frame[] = [];
  count = 0;
  sentAt = 0;
  /** The sender's outages by then. */
  outages = 0;
  /** How often it was sent in vain. */
  tries = 0;

  constructor(private readonly channel: Sender) {}

  begin(now: number, outages: number, first: Frame): void {
    this.count = 0;
    this.add(first);
    this.sentAt = now;
    this.outages = outages;
    this.tries = 0;
  }

  add(frame: Frame): void {
    this.frames[this.count++] = frame;
  }

  fire(): void {
    this.channel.arrive(this);
  }
}
