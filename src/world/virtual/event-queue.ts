/** Something that happens at a moment of virtual time. */
export interface Event {
  fire(): void;
}

const firstCapacity = 1_024;
const arity = 4;

/**
 * Events by time, those of one time in the order in which they were put in. A heap whose keys lie in flat arrays: with
 * tens of thousands of timers a comparison must not reach into an object.
 */
export class EventQueue {
  #times = new Float64Array(firstCapacity);
  #orders = new Float64Array(firstCapacity);
  #events: Event[] = [];
  #size = 0;
  #pushed = 0;

  get size(): number {
    return this.#size;
  }

  /** Time of the next event; infinite if there is none. */
  get nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] ?? 0);
  }

  push(at: number, event: Event): void {
    if (this.#size === this.#times.length) this.#grow();
    const order = this.#pushed++;
    const times = this.#times;
    const orders = this.#orders;
    const events = this.#events;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] ?? 0;
      // A newcomer comes after all that have its time.
      if (parentTime <= at) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent] ?? 0;
      events[hole] = events[parent] ?? event;
      hole = parent;
    }
    times[hole] = at;
    orders[hole] = order;
    events[hole] = event;
  }

  /** Takes the next event out. */
  pop(): Event | undefined {
    if (this.#size === 0) return undefined;
    const first = this.#events[0];
    const last = --this.#size;
    const event = this.#events.pop();
    if (last > 0 && event) this.#sink(this.#times[last] ?? 0, this.#orders[last] ?? 0, event);
    return first;
  }

  /** Puts an event into the hole at the top and lets it sink to its place. */
  #sink(at: number, order: number, event: Event): void {
    const times = this.#times;
    const orders = this.#orders;
    const events = this.#events;
    const size = this.#size;
    let hole = 0;
    for (;;) {
      const first = hole * arity + 1;
      if (first >= size) break;
      let least = first;
      let leastTime = times[first] ?? 0;
      const end = Math.min(first + arity, size);
      for (let child = first + 1; child < end; child++) {
        const time = times[child] ?? 0;
        if (time < leastTime || (time === leastTime && (orders[child] ?? 0) < (orders[least] ?? 0))) {
          least = child;
          leastTime = time;
        }
      }
      if (leastTime > at || (leastTime === at && (orders[least] ?? 0) > order)) break;
      times[hole] = leastTime;
      orders[hole] = orders[least] ?? 0;
      events[hole] = events[least] ?? event;
      hole = least;
    }
    times[hole] = at;
    orders[hole] = order;
    events[hole] = event;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const orders = new Float64Array(times.length);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}
