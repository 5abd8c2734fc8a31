import { EntryLog, type LogFields, type LogLevel } from "../src/world/log.js";

/** What a device logs, at every level, as text. The first of it is kept: a first boot is what is judged. */
export class DeviceLog extends EntryLog {
  #text = "";

  /** @param limit characters kept. */
  constructor(private readonly limit = 32_768) {
    super();
  }

  get text(): string {
    return this.#text;
  }

  protected override write(level: LogLevel, message: string, fields: LogFields): void {
    if (this.#text.length >= this.limit) return;
    this.#text += `${level} ${message} ${JSON.stringify(fields)}\n`;
  }
}
