import type { ConfigMessage } from "../../store/target/config-diff.js";

/** A message with the number that its newt has after it. */
export interface NumberedMessage extends ConfigMessage {
  readonly configVersion: number;
}

/**
 * Which state of its config a newt has, by number (PROTOCOLS A9). A newt takes the number of every message that it hears
 * for its own, whatever became of the message, and tells it with its heartbeats. So that nothing is ever lost by that
 * (PROTOCOLS D2.20),
 *
 * - a number goes out with the last message of what leads to its state, and with nothing before it: other messages repeat
 *   the one that the newt has. No `pong` hides a change that was made while the newt was away (20a), no error takes the
 *   number away (20c), and a channel that breaks within a change leaves the older number behind;
 * - what a newt passes over for the want of a tunnel comes again with the tunnel, whole (20b);
 * - numbers are the database's, from 1 on, and never fall, so that no two states have the same (20d).
 */
export class ConfigNumber {
  /** Of what the newt is to do. */
  #current: number;
  /** Of what it has been given. Before it tells, the least there is: at worst it is given again what it has. */
  #given = 1;
  #seen: number | undefined;

  constructor(current: number) {
    this.#current = current;
  }

  /** What a message carries that changes nothing. */
  get given(): number {
    return this.#given;
  }

  /** What the newt has last told. */
  get seen(): number | undefined {
    return this.#seen;
  }

  /** The config has this number by now. */
  raise(current: number): void {
    this.#current = Math.max(this.#current, current);
  }

  /** Takes what a heartbeat tells; true: the newt does not have what it is to have. It tells any number but 0. */
  report(seen: number | undefined): boolean {
    if (seen === undefined) return false;
    this.#seen = this.#given = seen;
    return seen !== this.#current;
  }

  /** Whether the newt has the state before this one, so that a difference leads to it. */
  precedes(version: number): boolean {
    return this.#given === version - 1;
  }

  /** Messages that give the newt the state of this number, with the numbers that they carry. */
  give(version: number, messages: readonly ConfigMessage[]): NumberedMessage[] {
    const before = this.#given;
    this.#given = version;
    this.raise(version);
    const last = messages.length - 1;
    return messages.map((message, index) => ({ ...message, configVersion: index === last ? version : before }));
  }
}
