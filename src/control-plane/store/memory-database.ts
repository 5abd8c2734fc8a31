import type { SqliteDatabase } from "kysely";
import { FirstbootError } from "../../error.js";
import { openSqlite } from "./sqlite.js";

/** What SQLite would take from the machine: its clock and its chance. */
const fromTheMachine =
  /\b(random|randomblob|date|time|datetime|julianday|strftime|unixepoch)\s*\(|\bcurrent_(time|date|timestamp)\b/i;

/**
 * A database in memory that outlives those who use it, as a file would: what was committed stays, and what was in flight
 * when its user ended is undone.
 */
export class MemoryDatabase {
  readonly #database = openSqlite(":memory:");
  /** Statements that have been looked at. */
  readonly #clean = new Set<string>();

  /**
   * A connection for one control plane at a time. Closing it leaves the database as a crash would; it takes no statement
   * any more.
   */
  connect(): SqliteDatabase {
    let open = true;
    return {
      prepare: (sql) => {
        if (!open) throw new TypeError("The database connection is not open");
        if (!this.#clean.has(sql) && fromTheMachine.test(sql)) throw notOurs(sql);
        this.#clean.add(sql);
        return this.#database.prepare(sql);
      },
      close: () => {
        if (open) this.#undo();
        open = false;
      },
    };
  }

  /** Lets go of the memory. */
  close(): void {
    this.#database.close();
  }

  #undo(): void {
    try {
      this.#database.prepare("rollback").run([]);
    } catch {
      // Nothing was in flight.
    }
  }
}

function notOurs(sql: string): FirstbootError {
  return new FirstbootError("FB9002", {
    what: "a statement takes time or chance from the machine",
    why: sql,
    fix: "bind a value of the World",
  });
}
