import type { Log, LogFields, LogLevel } from "../src/world/log.js";

/** What a device logs, at every level, as text. The first of it is kept: a first boot is what is judged. */
export class DeviceLog implements Log {
  #text = "";

  /** @param limit characters kept. */
  constructor(private readonly limit = 32_768) {}

  get text(): string {
    return this.#text;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write("error", message, fields);
  }

  #write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (this.#text.length >= this.limit) return;
    this.#text += `${level} ${message} ${JSON.stringify(fields)}\n`;
  }
}
