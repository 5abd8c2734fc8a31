import { type Log, logTo } from "../src/world/log.js";

/** What a device logs, at every level, as text. The first of it is kept: a first boot is what is judged. */
export class DeviceLog {
  #text = "";

  /** @param limit characters kept. */
  constructor(private readonly limit = 32_768) {}

  readonly log: Log = logTo((level, message, fields) => {
    if (this.#text.length >= this.limit) return;
    this.#text += `${level} ${message} ${JSON.stringify(fields)}\n`;
  });

  get text(): string {
    return this.#text;
  }
}
