import type { Event } from "./event-queue.js";
import { retransmissionMs } from "./link.js";
import type { Machine } from "./machine.js";
import type { Scheduler } from "./scheduler.js";

/** Something on its way from one host to another that is sent again until it gets through. */
export class Delivery implements Event {
  #tries = 0;
  readonly #outages: number;

  private constructor(
    private readonly scheduler: Scheduler,
    private readonly from: Machine,
    private readonly to: Machine,
    private readonly act: () => void,
    /** False when nobody waits for it any more. */
    private readonly wanted: () => boolean,
  ) {
    this.#outages = from.outages;
  }

  /** Sends so many bytes, after `roundTrips` there and back; `act` happens on arrival. */
  static send(
    scheduler: Scheduler,
    from: Machine,
    to: Machine,
    { bytes, roundTrips = 0, wanted = always }: { bytes: number; roundTrips?: number; wanted?: () => boolean },
    act: () => void,
  ): void {
    let delay = from.delayTo(to, bytes);
    for (let ways = 0; ways < roundTrips * 2; ways++) delay += from.latencyTo(to);
    scheduler.after(delay, new Delivery(scheduler, from, to, act, wanted));
  }

  fire(): void {
    if (!this.wanted() || this.from.outages !== this.#outages) return;
    if (this.from.reaches(this.to)) {
      this.scheduler.trace.events++;
      this.act();
    } else {
      this.scheduler.after(retransmissionMs(this.#tries++), this);
    }
  }
}

function always(): boolean {
  return true;
}
