export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a message. Never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  readonly [level in LogLevel]: (message: string, fields?: LogFields) => void;
};

/** A log that writes each entry through one function. */
export function logTo(write: (level: LogLevel, message: string, fields: LogFields) => void): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      write(level, message, fields);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Forgets everything. */
export const silentLog: Log = logTo(() => {});
