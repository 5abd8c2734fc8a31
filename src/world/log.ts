export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a message. Never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  readonly [level in LogLevel]: (message: string, fields?: LogFields) => void;
};

/** A log that writes each entry through one method. */
export abstract class EntryLog implements Log {
  protected abstract write(level: LogLevel, message: string, fields: LogFields): void;

  debug(message: string, fields: LogFields = {}): void {
    this.write("debug", message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.write("info", message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.write("warn", message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.write("error", message, fields);
  }
}

/** A log that writes each entry through one function. */
export function logTo(write: (level: LogLevel, message: string, fields: LogFields) => void): Log {
  return new (class extends EntryLog {
    protected override write(level: LogLevel, message: string, fields: LogFields): void {
      write(level, message, fields);
    }
  })();
}

/** Forgets everything. */
export const silentLog: Log = logTo(() => {});
