import type { Event } from "./event-queue.js";
import type { Machine } from "./machine.js";
import { retransmissionMs } from "./retransmission.js";
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
    this.#outages = from.links.outages(from.index);
  }

  /** Sends so many bytes, after `roundTrips` there and back; `act` happens on arrival. */
  static send(
    scheduler: Scheduler,
    from: Machine,
    to: Machine,
    { bytes, roundTrips = 0, wanted = always }: { bytes: number; roundTrips?: number; wanted?: () => boolean },
    act: () => void,
  ): void {
    const { links, index } = from;
    let delay = links.delay(index, to.index, bytes, scheduler.now);
    for (let ways = 0; ways < roundTrips * 2; ways++) delay += links.latency(index, to.index);
    scheduler.after(delay, new Delivery(scheduler, from, to, act, wanted));
  }

  fire(): void {
    const { from, to } = this;
    if (!this.wanted() || from.links.outages(from.index) !== this.#outages) return;
    if (from.reaches(to)) {
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
