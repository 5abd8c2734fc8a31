import type { Event } from "../event-queue.js";
import type { VirtualProcess } from "../process.js";

/** The news that a watched file has changed, on its way to the process that watches it. */
export class Notice implements Event {
  #isOnItsWay = false;
  #isOver = false;

  constructor(
    private readonly process: VirtualProcess,
    private readonly path: string,
    private readonly changed: () => void,
  ) {}

  /** Arrives in `ms`. One that is on its way tells of all that has changed until it arrives. */
  post(ms: number): void {
    if (this.#isOnItsWay) return;
    this.#isOnItsWay = true;
    this.process.scheduler.after(ms, this);
  }

  stop(): void {
    this.#isOver = true;
  }

  fire(): void {
    this.#isOnItsWay = false;
    if (this.#isOver || !this.process.alive) return;
    this.process.scheduler.trace.events++;
    this.process.note(`hears that ${this.path} changed`);
    this.changed();
  }
}
