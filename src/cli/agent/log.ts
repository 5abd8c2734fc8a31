import type { DeviceEvent } from "../../device/event.js";
import { type Log, type LogLevel, logTo } from "../../world/log.js";
import { note, printJson } from "../output.js";
import { type AgentWords, EventReader } from "./event-text.js";

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The levels that agents know by name; `fatal` shows no more than `error`. */
const named: ReadonlyMap<string, LogLevel> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "error"],
  ["fatal", "error"],
]);

/** A level by its name, in any case; undefined if it is none. */
export function levelNamed(name: string): LogLevel | undefined {
  return named.get(name.toLowerCase());
}

export interface AgentLogOptions {
  /** Lines below are not written. */
  readonly level: LogLevel;
  /** Each event is a line of JSON on stdout, and nothing else is there. */
  readonly json: boolean;
  readonly words: AgentWords;
}

/** What an agent tells a person on stderr, and a program on stdout. */
export class AgentLog {
  readonly #reader: EventReader;
  /** For the World of an agent. */
  readonly log: Log = logTo((level, message) => this.say(level, message));

  constructor(private readonly options: AgentLogOptions) {
    this.#reader = new EventReader(options.words);
  }

  say(level: LogLevel, text: string): void {
    if (rank[level] < rank[this.options.level]) return;
    note(`${now()} ${level.toUpperCase().padEnd(5)} ${text}`);
  }

  event(event: DeviceEvent): void {
    if (this.options.json) printJson({ time: new Date().toISOString(), ...event });
    for (const { level, text } of this.#reader.linesOf(event)) this.say(level, text);
  }
}

/** To the second: what is closer together stands in its order. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
