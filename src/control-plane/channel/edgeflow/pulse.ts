/** How often a device sends a heartbeat; for the first time so long after it was let in, milliseconds (PROTOCOLS C3). */
const everyMs = 30_000;

/** How far from a heartbeat a device can be spoken to, milliseconds. */
const marginMs = 500;

/** A device that has come back often may have a heartbeat loop left of each time; more than so many are not followed. */
const mostBeats = 8;

/**
 * When heartbeats of a device are due. One that writes its answer to a command in the instant of a heartbeat dies of it
 * (PROTOCOLS D4, 45 and 46).
 */
export class Pulse {
  /** When those came that have a next one, oldest first: monotonic times, milliseconds. */
  #beats: number[] = [];

  /** A heartbeat has come, or the device was let in, from when on it counts to its first. */
  beat(now: number): void {
    const beats = this.#beats.filter((beat) => beat + everyMs >= now - marginMs);
    const [due] = beats;
    if (due !== undefined && due + everyMs <= now + marginMs) beats.shift();
    this.#beats = [...beats, now].slice(-mostBeats);
  }

  /** How long nothing may be sent, milliseconds; 0 if it may. */
  quietMs(now: number): number {
    let wait = 0;
    for (const beat of this.#beats) {
      const due = beat + everyMs;
      if (Math.abs(now - due) <= marginMs) wait = Math.max(wait, due + marginMs - now);
    }
    return wait;
  }
}
