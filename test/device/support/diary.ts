import type { DeviceEvent } from "../../../src/device/event.js";

type Of<T extends DeviceEvent["type"]> = Extract<DeviceEvent, { type: T }>;

/** Writes down what happens and lets a test wait for it. */
export class Diary<T> {
  readonly entries: T[] = [];
  readonly #waiting = new Set<() => void>();

  readonly write = (entry: T): void => {
    this.entries.push(entry);
    for (const look of this.#waiting) look();
  };

  /** Resolves with the `count`-th entry that fits, now or later. */
  until<S extends T>(fits: (entry: T) => entry is S, count?: number): Promise<S>;
  until(fits: (entry: T) => boolean, count?: number): Promise<T>;
  until(fits: (entry: T) => boolean, count = 1): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.entries.filter(fits)[count - 1];
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A device's events. */
export class EventDiary extends Diary<DeviceEvent> {
  happened<T extends DeviceEvent["type"]>(type: T, count = 1): Promise<Of<T>> {
    return this.until((event): event is Of<T> => event.type === type, count);
  }
  all<T extends DeviceEvent["type"]>(type: T): Of<T>[] {
    return this.entries.filter((event): event is Of<T> => event.type === type);
  }
}
